namespace Flows.Hub.Runners;

/// <summary>The server's own machine as a runner; with a capacity of 0 there is none.</summary>
public sealed class LocalRunner(HubOptions options, LocalRunnerName self, IServiceProvider services, ILogger<LocalRunner> log) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

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

    // Other orchestrators see that this one is alive.
    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        if (options.Storage is null || options.Capacity == 0) return;
        using var tick = new PeriodicTimer(Pace);
        while (await tick.WaitForNextTickAsync(stopping).AsTask().ContinueWith(waited => waited.IsCompletedSuccessfully, TaskScheduler.Default))
        {
            try { await _registry.BeatAsync(self.Name, self.Session, drains: false); }
            catch (Exception away) { log.LogWarning("The runner of this server could not say that it is alive: {Reason}", away.Message); }
        }
    }
}
