using System.Diagnostics;
using System.Text;
using Flows.Hub.Storage;

namespace Flows.Tests.Support;

/// <summary>The built program as a process of its own, so that a test can kill it like a power cut would.</summary>
public sealed class HubProcess : IAsyncDisposable
{
    private const int MostSaid = 1_000_000;

    private readonly Process _process;
    private readonly string _data;
    private readonly Task<string> _errors;
    private readonly StringBuilder _said = new();
    private bool _isDisposed;

    private HubProcess(Process process, string data)
    {
        (_process, _data) = (process, data);
        _ = KeepAsync(process.StandardOutput);
        _errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    /// <summary>What it wrote on its console, letter by letter; the first million of them.</summary>
    public string Said
    {
        get { lock (_said) return _said.ToString(); }
    }

    /// <summary>Where it answers, once it is ready.</summary>
    public HttpClient Http { get; } = new();

    /// <summary>Starts it on a free port and waits until it answers.</summary>
    public static async Task<HubProcess> StartAsync(string data, string? storage = null, HubProcessOptions? options = null)
    {
        var hub = Begin(data, storage, options);
        try
        {
            await hub.ReadyAsync();
            return hub;
        }
        catch
        {
            await hub.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it and does not wait.</summary>
    public static HubProcess Begin(string data, string? storage = null, HubProcessOptions? options = null)
    {
        var more = options ?? new HubProcessOptions();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "flows.dll"), "serve", "--urls", $"http://127.0.0.1:{more.Port}", "--data", data, .. storage is null ? Array.Empty<string>() : ["--storage", storage], .. more.Arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (more.RunnerToken is { } token) start.Environment["FLOWS_RUNNER_TOKEN"] = token;
        foreach (var (name, value) in more.Settings) start.Environment[name] = value;
        if (more.MostLosses is { } losses) start.Environment["Jobs__MostLosses"] = $"{losses}";
        return new HubProcess(Process.Start(start)!, data);
    }

    /// <summary>Ends when it answers; fails when it ends itself.</summary>
    public async Task ReadyAsync()
    {
        DataFolderOwner? owner = null;
        await Eventually.TrueAsync(async () =>
        {
            if (_process.HasExited) Assert.Fail($"the server ended with {_process.ExitCode}: {await _errors}");
            return (owner = DataFolder.OwnerOf(_data))?.Pid == _process.Id;
        }, () => "the server does not answer", seconds: 180);
        Http.BaseAddress = new Uri(owner!.Url);
    }

    /// <summary>SIGKILL: nothing is flushed, nothing is said.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGSTOP: it stands still, as a machine that hangs does, and knows nothing of it.</summary>
    public void Pause() => Signal("STOP");

    /// <summary>SIGCONT.</summary>
    public void Continue() => Signal("CONT");

    /// <summary>SIGTERM; fails unless the program ends in time, with 0.</summary>
    public async Task TerminateAsync(double seconds)
    {
        Signal("TERM");
        await Eventually.TrueAsync(() => Task.FromResult(_process.HasExited), () => $"the server did not stop within {seconds} s", seconds);
        Assert.True(_process.ExitCode == 0, $"the server ended with {_process.ExitCode}: {await _errors}");
    }

    private async Task KeepAsync(StreamReader console)
    {
        var letters = new char[4096];
        for (int read; (read = await console.ReadAsync(letters)) > 0;)
        {
            lock (_said)
            {
                if (_said.Length < MostSaid) _said.Append(letters, 0, read);
            }
        }
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"])!;
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        Http.Dispose();
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }
}

/// <summary>How a server's process is started, beyond folder and storage.</summary>
public sealed record HubProcessOptions
{
    /// <summary>0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Steps at once on the server's own machine; null for the default.</summary>
    public int? Capacity { get; init; }

    /// <summary>Null: the one that the server makes.</summary>
    public string? RunnerToken { get; init; }

    /// <summary>How often a step may lose its runner; null for the default.</summary>
    public int? MostLosses { get; init; }

    /// <summary>Further variables of its environment.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>A folder that several servers keep artifacts in; null: the data folder.</summary>
    public string? Artifacts { get; init; }

    internal IReadOnlyList<string> Arguments => [.. Capacity is { } capacity ? ["--capacity", $"{capacity}"] : Array.Empty<string>(), .. Artifacts is null ? Array.Empty<string>() : ["--artifacts", Artifacts]];
}
