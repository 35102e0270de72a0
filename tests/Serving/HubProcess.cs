using System.Diagnostics;
using Flows.Hub;
using Flows.Hub.Deployments;
using Flows.Hub.Storage;
using Flows.Tests.Support;

namespace Flows.Tests.Serving;

/// <summary>The hub as a process of its own, to be killed.</summary>
internal sealed class HubProcess : IAsyncDisposable
{
    private readonly Process _process;

    private HubProcess(Process process) => _process = process;

    public HttpClient Http { get; } = new();

    public static async Task<HubProcess> StartAsync(string data)
    {
        var program = Path.ChangeExtension(typeof(HubHost).Assembly.Location, ".dll");
        var hub = new HubProcess(Process.Start(new ProcessStartInfo(ModelServerProgram.Dotnet, Arguments(program, data)) { RedirectStandardOutput = true })!);
        hub._process.OutputDataReceived += (_, _) => { };
        hub._process.BeginOutputReadLine();
        await Eventually.TrueAsync(() => Task.FromResult(DataFolder.OwnerOf(data)?.Pid == hub._process.Id));
        hub.Http.BaseAddress = new Uri(DataFolder.OwnerOf(data)!.Url);
        return hub;
    }

    public async Task KillAsync()
    {
        // The hub alone, as a crash would take it: its model servers are not asked.
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
        Http.Dispose();
    }

    private static IEnumerable<string> Arguments(string program, string data) => typeof(HubHost).Assembly.GetType("Flows.Hub.Cli.CommandLine") is null
        ? [program, data, "http://127.0.0.1:0"]
        : [program, "serve", "--urls", "http://127.0.0.1:0", "--data", data];
}
