using Flows.Hub.Orchestrators;
using Flows.Hub.Storage;

namespace Flows.Hub.Runners;

/// <summary>
/// The server's own machine as a runner; with a capacity of 0 there is none. Alone on its storage it is handed its jobs directly, as soon
/// as they are placed. On a storage that it shares it has a queue, gives signs of life and compares what it has with what it should
/// have, as runners on other machines do.
/// </summary>
public sealed class LocalRunner(HubOptions options, LocalRunnerName self, IServiceProvider services, ILogger<LocalRunner> log) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    // What is left of the time is for ending steps before others begin them.
    private static readonly TimeSpan MostSilence = RunnerWatch.Silence * 0.8;

    // As long as a queue's workers get.
    private static readonly TimeSpan Leaving = TimeSpan.FromSeconds(10);

    private readonly RunnerRegistry _registry = services.GetRequiredService<RunnerRegistry>();
    private readonly Workbench _bench = services.GetRequiredService<Workbench>();
    private readonly TimeProvider _time = services.GetRequiredService<TimeProvider>();
    private bool _isShort;

    // Alone on its storage, what was here before is void: the journals say what has to be done.
    public override async Task StartAsync(CancellationToken cancellation)
    {
        if (options.Storage is null) await services.GetRequiredService<JobStore>().ForgetLocalAsync(self.Name);
        if (options.Capacity > 0)
        {
            _registry.Own = self.Name;
            services.GetRequiredService<JobSignals>().Cancelled += _bench.StopJob;
            if (options.Storage is null) services.GetRequiredService<JobSignals>().Placed += Take;
            await RegisterAsync();
        }
        await base.StartAsync(cancellation);
    }

    // What is under way was told to end, and is given back.
    public override async Task StopAsync(CancellationToken cancellation)
    {
        await base.StopAsync(cancellation);
        await _bench.UntilEmptyAsync().WaitAsync(Leaving, _time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // A sign of life may take as long as a cut line lets it: the clock is looked at beside it.
    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        if (options.Capacity == 0) return;
        Task? beat = null;
        var (sent, heard) = (_time.GetTimestamp(), _time.GetTimestamp());
        while (!stopping.IsCancellationRequested)
        {
            if (beat is null) (sent, beat) = (_time.GetTimestamp(), TellAsync(stopping));
            await Task.Delay(Pace, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (beat.IsCompletedSuccessfully) heard = sent;
            else if (beat.Exception is { } away) log.LogWarning("The runner of this server could not say how it is: {Reason}", away.GetBaseException().Message);
            if (beat.IsCompleted) beat = null;
            if (options.Storage is not null && _time.GetElapsedTime(heard) > MostSilence) EndAll();
        }
    }

    // Alone on its storage nobody asks whether it lives, and no job gets lost on its way. A full disk is told in both.
    private async Task TellAsync(CancellationToken stopping)
    {
        var isShort = services.GetRequiredService<DiskRoom>().IsShort;
        if (options.Storage is not null) await BeatAsync(isShort, stopping);
        else if (isShort != _isShort) await _registry.BeatAsync(self.Name, self.Session, drains: isShort);
        if (isShort != _isShort) log.LogWarning(isShort ? "The disk of the data folder is full: no run and no step is begun until there is room" : "There is room on the disk of the data folder again");
        _isShort = isShort;
    }

    // As any other runner: what was placed here while the queue's database was away comes with the answer.
    private async Task BeatAsync(bool isShort, CancellationToken stopping)
    {
        string[] has = [.. _bench.Jobs.Union(services.GetRequiredService<IRunnerLink>().Undelivered)];
        var told = await services.GetRequiredService<RunnerRounds>().AnswerAtOnceAsync(self.Name, new Heartbeat(self.Session, has, isShort, HasQueue: true));
        if (told is null) await RegisterAsync();
        foreach (var key in told?.Stop ?? []) _bench.Stop(key);
        if (stopping.IsCancellationRequested) return;
        foreach (var chunk in told?.Start ?? []) _ = CarryOutAsync(chunk);
    }

    private Task RegisterAsync() => _registry.RegisterAsync(new RunnerRow
    {
        Name = self.Name, Session = self.Session, Capacity = options.Capacity, Labels = "local", HasQueue = options.Storage is not null, Home = RunnerHome.Of(services.GetRequiredService<DataFolder>().Work),
    });

    // Others take this runner for dead by now, and begin its steps anew. One that is alone has nobody who would.
    private void EndAll()
    {
        if (_bench.Jobs.Count == 0 || services.GetRequiredService<Lease>().IsAlone) return;
        log.LogWarning("The runner of this server ends its steps: its signs of life did not reach the database in time");
        _bench.ReturnAll();
    }

    // Whoever placed them does not wait.
    private void Take(JobChunk chunk)
    {
        if (chunk.Runner.Session == self.Session) _ = Task.Run(() => CarryOutAsync(chunk.Keys));
    }

    private async Task CarryOutAsync(IReadOnlyList<string> keys)
    {
        try { await _bench.CarryOutAsync(keys); }
        catch (Exception broken) when (broken is not OperationCanceledException) { log.LogError(broken, "Jobs could not be carried out"); }
    }
}
