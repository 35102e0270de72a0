using Flows.Hub.Approvals;
using Flows.Hub.Logs;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Flows.Hub.Tracking;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Retention;

/// <summary>
/// Removes old runs with journal, log, tracking data and rows, in transactions of a bounded number of rows between which runs write.
/// Artifacts stay: they may belong to more than one run.
/// </summary>
public sealed class Pruning(RunStore store, IJournal journal, ILogStore logs, TrackingStore tracking, IDbContextFactory<FlowsDb> databases, TimeProvider time)
{
    /// <summary>One round over all that may go.</summary>
    public async Task<Pruned> PruneAsync(RetentionOptions options, CancellationToken cancellation)
    {
        var (pruned, old) = (new Pruned(0, 0, 0, 0), new OldRuns(databases));
        if (options.KeepDays is null) return pruned;
        while (await old.NextAsync(options, time.GetUtcNow(), options.BatchRuns, cancellation) is { Count: > 0 } batch)
        {
            pruned = await PruneAsync(batch, options, pruned, cancellation);
        }
        return pruned;
    }

    // What is left when the server dies in between is found again by the row, which goes last.
    private async Task<Pruned> PruneAsync(IReadOnlyList<string> runs, RetentionOptions options, Pruned so, CancellationToken cancellation)
    {
        while (await logs.ForgetAsync(runs, options.BatchEvents, cancellation) == options.BatchEvents) { }
        var (events, most) = (0, 0);
        int removed;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            removed = await journal.ForgetAsync(runs, options.BatchEvents);
            (events, most) = (events + removed, Math.Max(most, removed));
        }
        while (removed == options.BatchEvents);
        await tracking.ForgetAsync(runs);
        await store.WriteAsync(db => Remove(db, runs));
        return new Pruned(so.Runs + runs.Count, so.Events + events, Math.Max(so.MostRuns, runs.Count), Math.Max(so.MostEvents, most));
    }

    private static void Remove(FlowsDb db, IReadOnlyList<string> runs)
    {
        Records.AttemptRecords.Remove(db, runs);
        Reproductions.VerdictBook.Remove(db, runs);
        db.Set<RunChildRow>().Where(row => runs.Contains(row.RunId)).ExecuteDelete();
        db.Set<ApprovalRow>().Where(row => runs.Contains(row.RunId)).ExecuteDelete();
        db.Set<RunRow>().Where(row => runs.Contains(row.Id)).ExecuteDelete();
    }
}

/// <summary>What a round removed.</summary>
/// <param name="MostRuns">Runs of the largest transaction.</param>
/// <param name="MostEvents">Journal rows of the largest transaction.</param>
public sealed record Pruned(int Runs, int Events, int MostRuns, int MostEvents);
