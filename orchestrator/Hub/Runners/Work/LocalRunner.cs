using Flows.Hub.Storage;

namespace Flows.Hub.Runners;

/// <summary>The server's own machine as a runner; with a capacity of 0 there is none.</summary>
public sealed class LocalRunner(HubOptions options, LocalRunnerName self, IServiceProvider services, ILogger<LocalRunner> log) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private readonly RunnerRegistry _registry = services.GetRequiredService<RunnerRegistry>();
    private readonly Workbench _bench = services.GetRequiredService<Workbench>();
    private bool _isShort;

    // Alone on its storage, what was here before is void: the journals say what has to be done.
    public override async Task StartAsync(CancellationToken cancellation)
    {
        if (options.Storage is null) await services.GetRequiredService<JobStore>().ForgetLocalAsync(self.Name);
        if (options.Capacity > 0)
        {
            _registry.Own = self.Name;
            services.GetRequiredService<JobSignals>().Cancelled += _bench.StopJob;
            await RegisterAsync();
        }
        await base.StartAsync(cancellation);
    }

    // Other orchestrators see that this one is alive, and whether there is room for the files of steps.
    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        if (options.Capacity == 0) return;
        var room = services.GetRequiredService<DiskRoom>();
        using var tick = new PeriodicTimer(Pace);
        while (await tick.WaitForNextTickAsync(stopping).AsTask().ContinueWith(waited => waited.IsCompletedSuccessfully, TaskScheduler.Default))
        {
            try { await TellAsync(room.IsShort, stopping); }
            catch (Exception away) when (away is not OperationCanceledException) { log.LogWarning("The runner of this server could not say how it is: {Reason}", away.Message); }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
        }
    }

    // Alone on its storage nobody asks whether it lives, and no job gets lost on its way; on a full disk what is told may have to be told again.
    private async Task TellAsync(bool isShort, CancellationToken stopping)
    {
        if (options.Storage is not null) await BeatAsync(isShort, stopping);
        else if (isShort != _isShort) await _registry.BeatAsync(self.Name, self.Session, drains: isShort);
        if (isShort != _isShort) log.LogWarning(isShort ? "The disk of the data folder is full: no run and no step is begun until there is room" : "There is room on the disk of the data folder again");
        _isShort = isShort;
    }

    // As any other runner: what was placed here while the queue's database was away comes with the answer.
    private async Task BeatAsync(bool isShort, CancellationToken stopping)
    {
        string[] has = [.. _bench.Jobs.Union(services.GetRequiredService<LocalLink>().Untold)];
        var answer = await services.GetRequiredService<RunnerRounds>().AnswerAsync(self.Name, new Heartbeat(self.Session, has, isShort, HasQueue: true), stopping);
        if (answer is null) await RegisterAsync();
        foreach (var key in answer?.Stop ?? []) _bench.Stop(key);
        foreach (var chunk in answer?.Start ?? []) _ = CarryOutAsync(chunk);
    }

    private async Task CarryOutAsync(IReadOnlyList<string> keys)
    {
        try { await _bench.CarryOutAsync(keys); }
        catch (Exception broken) when (broken is not OperationCanceledException) { log.LogError(broken, "Jobs could not be carried out"); }
    }

    private Task RegisterAsync() => _registry.RegisterAsync(new RunnerRow { Name = self.Name, Session = self.Session, Capacity = options.Capacity, Labels = "local", HasQueue = true });
}
