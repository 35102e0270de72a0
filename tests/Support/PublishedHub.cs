using System.Diagnostics;
using System.Runtime.CompilerServices;
using Flows.Hub.Storage;

namespace Flows.Tests.Support;

/// <summary>The hub as it is shipped: published, trimmed, in a process of its own on a data folder that goes with it.</summary>
internal sealed class PublishedHub : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _data;

    private PublishedHub(Process process, string data, string url) => (_process, _data, Url) = (process, data, url);

    public string Url { get; }

    public static async Task<PublishedHub> StartAsync()
    {
        var program = await FolderAsync();
        var data = Directory.CreateTempSubdirectory("flows-bench-").FullName;
        var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(program, "flows.dll"), "serve", "--urls", "http://127.0.0.1:0", "--data", data]) { RedirectStandardOutput = true, WorkingDirectory = program })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        using var http = new HttpClient();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await tick.WaitForNextTickAsync())
        {
            if (process.HasExited) throw new InvalidOperationException($"The server ended with {process.ExitCode}.");
            if (DataFolder.OwnerOf(data) is { } owner && (await http.GetAsync(owner.Url + "/health/ready")).IsSuccessStatusCode) return new PublishedHub(process, data, owner.Url);
        }
        throw new InvalidOperationException("The server did not start.");
    }

    /// <summary>The folder of the program: what <c>FLOWS_PUBLISHED</c> names, else published now.</summary>
    public static async Task<string> FolderAsync() => Environment.GetEnvironmentVariable("FLOWS_PUBLISHED") ?? await PublishAsync();

    private static async Task<string> PublishAsync()
    {
        var folder = Path.Combine(Root(), "artifacts", "published");
        using var publish = Process.Start(new ProcessStartInfo("dotnet", ["publish", Path.Combine(Root(), "orchestrator", "Hub"), "-c", "Release", "-o", folder, "-v", "q", "-clp:ErrorsOnly"]))!;
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0 ? folder : throw new InvalidOperationException("The hub could not be published.");
    }

    private static string Root([CallerFilePath] string here = "")
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(here)!);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Flows.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("This does not lie in the repository.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_data, recursive: true);
    }
}
