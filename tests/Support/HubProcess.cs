using System.Diagnostics;
using Flows.Hub.Storage;

namespace Flows.Tests.Support;

/// <summary>The built program as a process of its own, so that a test can kill it like a power cut would.</summary>
public sealed class HubProcess : IAsyncDisposable
{
    private readonly Process _process;

    private readonly Task<string> _errors;

    private HubProcess(Process process, string url, Task<string> errors) => (_process, Http, _errors) = (process, new HttpClient { BaseAddress = new Uri(url) }, errors);

    public HttpClient Http { get; }

    /// <summary>Starts it on a free port and waits until it answers.</summary>
    public static async Task<HubProcess> StartAsync(string data, string? storage = null)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "flows.dll"), "serve", "--urls", "http://127.0.0.1:0", "--data", data, .. storage is null ? Array.Empty<string>() : ["--storage", storage]])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var errors = process.StandardError.ReadToEndAsync();
        DataFolderOwner? owner = null;
        await Eventually.TrueAsync(async () =>
        {
            if (process.HasExited) Assert.Fail($"the server ended with {process.ExitCode}: {await errors}");
            return (owner = DataFolder.OwnerOf(data))?.Pid == process.Id;
        });
        return new HubProcess(process, owner!.Url, errors);
    }

    /// <summary>SIGKILL: nothing is flushed, nothing is said.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; fails unless the program ends in time, with 0.</summary>
    public async Task TerminateAsync(double seconds)
    {
        using (Process.Start("kill", ["-TERM", $"{_process.Id}"])!) { }
        await Eventually.TrueAsync(() => Task.FromResult(_process.HasExited), () => $"the server did not stop within {seconds} s", seconds);
        Assert.True(_process.ExitCode == 0, $"the server ended with {_process.ExitCode}: {await _errors}");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }
}
