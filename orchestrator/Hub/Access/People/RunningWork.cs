using Flows.Contract.Backfills;
using Flows.Hub.Backfills;
using Flows.Hub.Runs;
using Flows.Hub.Storage;

namespace Flows.Hub.Access.People;

/// <summary>Runs and backfills under way of somebody who leaves.</summary>
public sealed class RunningWork(RunHost runs, BackfillBook backfills)
{
    /// <summary>Those that still start runs in somebody's name; whoever goes on with one that stopped does so in their own.</summary>
    public static IQueryable<BackfillRow> Backfills(FlowsDb db, string author) => db.Set<BackfillRow>().Where(row => row.Author == author && row.State == BackfillState.Running);

    public async Task StopAsync(Holdings held, CancellationToken cancellation)
    {
        foreach (var backfill in held.Backfills) await backfills.CancelAsync(backfill);
        foreach (var run in held.Runs)
        {
            if (runs.Find(run) is { } live) live.Cancel(Sight.Current.Author);
            else await runs.PostAsync(run, new Engine.RunEvent.CancelRequested(Sight.Current.Author), cancellation);
        }
    }
}
