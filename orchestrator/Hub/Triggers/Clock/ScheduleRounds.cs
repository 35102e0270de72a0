using Flows.Hub.Storage;

namespace Flows.Hub.Triggers.Clock;

/// <summary>Fires schedules when the alarm rings, when somebody publishes, and looks every second for what both have missed.</summary>
internal sealed class ScheduleRounds(DueTriggers due, ScheduleAlarm alarm, Signals signals, TimeProvider time, ILogger<ScheduleRounds> log) : BackgroundService
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _woken = new(0);

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        using var told = signals.Listen(TriggerStates.Topic);
        told.Told += _ => Wake();
        alarm.Rang += Wake;
        using var clock = time.CreateTimer(_ => Wake(), null, Often, Often);
        try
        {
            while (true)
            {
                await LookAsync(stopping);
                await _woken.WaitAsync(stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
        finally { await alarm.StopAsync(); }
    }

    private void Wake()
    {
        if (_woken.CurrentCount == 0) _woken.Release();
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        try
        {
            await alarm.SetAsync(await due.FireAsync(stopping), stopping).WaitAsync(stopping);
        }
        catch (Exception broken) when (PassingFault.Is(broken)) { log.LogDebug(broken, "The database is away"); }
        catch (Exception broken) when (broken is not OperationCanceledException) { log.LogError(broken, "Schedules could not be fired"); }
    }
}
