namespace Flows.Tests.Support;

/// <summary>
/// Servers on one storage and runners around them, as processes. Each keeps its folder, and a server its port, when it is killed and
/// started again. A step may lose its runner as often as tests kill runners.
/// </summary>
public sealed class ServerSite : IAsyncDisposable
{
    private const string Token = "token-of-the-site";

    private readonly string _folder;
    private readonly string? _storage;
    private readonly SiteShape _shape;
    private readonly int[] _ports;
    private readonly HubProcess[] _servers;
    private readonly RunnerProcess[] _runners;

    private ServerSite(string folder, string? storage, SiteShape shape)
    {
        (_folder, _storage, _shape) = (folder, storage, shape);
        _ports = [.. shape.Capacities.Select(_ => FreePort.Find())];
        (_servers, _runners) = (new HubProcess[shape.Capacities.Count], new RunnerProcess[shape.Runners]);
    }

    public IReadOnlyList<HubProcess> Servers => _servers;

    public IReadOnlyList<RunnerProcess> Runners => _runners;

    /// <summary>Data folder of the first server.</summary>
    public string Data => DataOf(0);

    /// <param name="folder">Holds everything of all of them.</param>
    public static async Task<ServerSite> StartAsync(string folder, string? storage, SiteShape shape)
    {
        var site = new ServerSite(folder, storage, shape);
        try
        {
            for (var server = 0; server < site._servers.Length; server++) await site.StartServerAsync(server);
            for (var runner = 0; runner < site._runners.Length; runner++) site.StartRunner(runner);
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    public static string NameOf(int runner) => $"runner-{runner}";

    public void BeginServer(int server) => _servers[server] = HubProcess.Begin(DataOf(server), _storage, new HubProcessOptions
    {
        Port = _ports[server], Capacity = _shape.Capacities[server], RunnerToken = Token, Artifacts = Path.Combine(_folder, "artifacts"), MostLosses = 1000,
    });

    public async Task StartServerAsync(int server)
    {
        BeginServer(server);
        await _servers[server].ReadyAsync();
    }

    public async Task KillServerAsync(int server)
    {
        await _servers[server].KillAsync();
        await _servers[server].DisposeAsync();
    }

    public void StartRunner(int runner) => _runners[runner] = RunnerProcess.Start(
        ["--server", string.Join(',', _ports.Select(port => $"http://127.0.0.1:{port}")), "--token", Token, "--name", NameOf(runner), "--capacity", $"{_shape.RunnerCapacity}",
            "--data", Path.Combine(_folder, NameOf(runner)), .. _storage is null ? Array.Empty<string>() : ["--storage", _storage]]);

    public async Task KillRunnerAsync(int runner)
    {
        await _runners[runner].KillAsync();
        await _runners[runner].DisposeAsync();
    }

    /// <summary>SIGTERM to all, runners first; fails unless they end in time, with 0.</summary>
    public async Task TerminateAsync(double seconds)
    {
        foreach (var runner in _runners) runner.Terminate();
        foreach (var runner in _runners)
        {
            var code = await runner.ExitAsync(seconds);
            Assert.True(code == 0, $"a runner ended with {code}: {runner.Said}");
        }
        foreach (var server in _servers) await server.TerminateAsync(seconds);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var runner in _runners.OfType<RunnerProcess>()) await runner.DisposeAsync();
        foreach (var server in _servers.OfType<HubProcess>()) await server.DisposeAsync();
    }

    private string DataOf(int server) => Path.Combine(_folder, $"server-{server}");
}

/// <param name="Capacities">A server for each: the steps at once on its own machine.</param>
/// <param name="Runners">Runners beside them.</param>
public sealed record SiteShape(IReadOnlyList<int> Capacities, int Runners = 0)
{
    /// <summary>Steps at once at each of those runners.</summary>
    public int RunnerCapacity { get; init; } = 2;
}
