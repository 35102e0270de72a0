using Flows.Hub.Storage;

namespace Flows.Hub.Runners;

/// <summary>The server's own machine as a runner; with a capacity of 0 there is none.</summary>
public sealed class LocalRunner(HubOptions options, LocalRunnerName self, IServiceProvider services, ILogger<LocalRunner> log) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private bool _isShort;

    private readonly RunnerRegistry _registry = services.GetRequiredService<RunnerRegistry>();

    // Alone on its storage, what was here before is void: the journals say what has to be done.
    public override async Task StartAsync(CancellationToken cancellation)
    {
        if (options.Storage is null) await services.GetRequiredService<JobStore>().ForgetLocalAsync(self.Name);
        if (options.Capacity > 0)
        {
            _registry.Own = self.Name;
            services.GetRequiredService<JobSignals>().Cancelled += services.GetRequiredService<Workbench>().StopJob;
            await _registry.RegisterAsync(new RunnerRow { Name = self.Name, Session = self.Session, Capacity = options.Capacity, Labels = "local", HasQueue = true });
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
            try { await TellAsync(room.IsShort); }
            catch (Exception away) { log.LogWarning("The runner of this server could not say how it is: {Reason}", away.Message); }
        }
    }

    // Alone on its storage nobody asks whether it lives; on a full disk what is told may have to be told again.
    private async Task TellAsync(bool isShort)
    {
        if (options.Storage is null && isShort == _isShort) return;
        await _registry.BeatAsync(self.Name, self.Session, drains: isShort);
        if (isShort != _isShort) log.LogWarning(isShort ? "The disk of the data folder is full: no run and no step is begun until there is room" : "There is room on the disk of the data folder again");
        _isShort = isShort;
    }
}
