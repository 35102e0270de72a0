using Hangfire;
using Hangfire.Common;
using Hangfire.States;

namespace Flows.Hub.Runners;

/// <summary>Places jobs whenever something changed, puts them into their runners' queues, and looks after runners that fell silent.</summary>
public sealed class Placer(JobPlaces places, JobDesk desk, RunnerWatch watch, JobSignals signals, IBackgroundJobClientV2 hangfire, ILogger<Placer> log) : BackgroundService
{
    // What other orchestrators changed is noticed after this time at the latest.
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(0.5);

    public override Task StartAsync(CancellationToken cancellation)
    {
        signals.Placed += Hand;
        places.IsOpen = true;
        signals.Change();
        return base.StartAsync(cancellation);
    }

    public override Task StopAsync(CancellationToken cancellation)
    {
        places.IsOpen = false;
        return base.StopAsync(cancellation);
    }

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await signals.ChangedAsync(Turn, stopping);
                await watch.LookAsync(stopping);
                var placement = await places.PlaceAsync(stopping);
                foreach (var chunk in placement.Chunks) signals.Hand(chunk);
                if (placement.HasLost) await desk.GiveUpLostAsync(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
            catch (Exception broken)
            {
                // The database may be away: jobs wait until it is back.
                log.LogWarning(broken, "Jobs could not be placed");
                await Task.Delay(Turn, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // A job whose hand-over is lost is asked for by its runner: a heartbeat tells it what it should have.
    private void Hand(JobChunk chunk)
    {
        if (chunk.Runner.HasQueue) hangfire.Create(Job.FromExpression<StepQueue>(queue => queue.CarryOutAsync(chunk.Keys)), new EnqueuedState(StepQueue.Of(chunk.Runner.Name)));
        else signals.Give(chunk.Runner.Name);
    }
}
