using Flows.Hub.Storage;

namespace Flows.Hub.Starts;

/// <summary>Starts of runs that wait for something: until no more requests come.</summary>
public static class StartsSlice
{
    public static IServiceCollection AddStarts(this IServiceCollection services) => services
        .AddSingleton<StartOnce>()
        .AddSingleton<Gathering>()
        .AddHostedService<GatheringRounds>();
}

/// <summary>Looks for gathered starts that are due: those of another orchestrator that died too.</summary>
internal sealed class GatheringRounds(Gathering gathering, TimeProvider time, ILogger<GatheringRounds> log) : BackgroundService
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        using var tick = new PeriodicTimer(Often, time);
        try
        {
            while (await tick.WaitForNextTickAsync(stopping)) await LookAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        try { await gathering.StartDueAsync(why => log.LogWarning("{Why}", why), stopping); }
        catch (Exception broken) when (PassingFault.Is(broken)) { log.LogDebug(broken, "The database is away"); }
        catch (Exception broken) when (broken is not OperationCanceledException) { log.LogError(broken, "Gathered runs could not be started"); }
    }
}
