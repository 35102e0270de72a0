using Flows.Hub.Storage;
using Flows.Library.Python;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Runners;

/// <summary>
/// What becomes of a runner that fell silent: what its steps left running on this machine is ended, and then its jobs are
/// placed anew. What it left on another machine is that machine's: its own orchestrator's, or the runner's at its next start.
/// </summary>
public sealed class Burial(IDbContextFactory<FlowsDb> databases, JobStore jobs)
{
    // What cannot be killed within it waits for a device: its job is placed anew all the same.
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    /// <summary>Does nothing when it gave a sign of life meanwhile, or another orchestrator was faster.</summary>
    public async Task OfAsync(RunnerRow silent, CancellationToken cancellation)
    {
        if (!await EndAsync(silent, cancellation)) return;
        await jobs.ReclaimAsync(silent.Name, but: null, of: silent.Session, isLoss: !LocalRunnerName.IsServers(silent.Name));
    }

    /// <summary>Takes a runner that was gone for long off the list, and what is left in its queue with it.</summary>
    public async Task ForgetAsync(RunnerRow gone, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var forgotten = await db.Set<RunnerRow>().Where(runner => runner.Name == gone.Name && runner.Beat == gone.Beat).ExecuteDeleteAsync(cancellation);
        if (forgotten > 0) await PostgresQueues.ClearAsync(db, StepQueue.Of(gone.Name), cancellation);
    }

    // Its row is held meanwhile: a new process of the same runner registers after that, and its steps are never taken for what is left.
    private async Task<bool> EndAsync(RunnerRow silent, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var buried = await db.Set<RunnerRow>().Where(runner => runner.Name == silent.Name && runner.Session == silent.Session && runner.Beat == silent.Beat)
            .ExecuteUpdateAsync(set => set.SetProperty(runner => runner.Status, RunnerStatus.Gone), cancellation);
        if (buried > 0) await EndStepsAsync(silent, cancellation);
        await transaction.CommitAsync(cancellation);
        return buried > 0;
    }

    private async Task EndStepsAsync(RunnerRow silent, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(EndLimit);
        foreach (var held in await jobs.HeldAsync(silent.Name, silent.Session))
        {
            if (RunnerHome.FolderHere(silent.Home, held.Key.StepId) is not { } folder || !Directory.Exists(folder)) continue;
            try { await StepRemains.EndAsync(folder, limit.Token); }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested) { return; }
        }
    }
}
