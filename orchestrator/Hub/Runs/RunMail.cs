using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Hub.Runners;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Runs;

/// <summary>What became of an event that was posted to a run.</summary>
public enum Posted
{
    /// <summary>It is in the run's journal.</summary>
    Delivered,

    /// <summary>It is in the database, and the run's owner is told: it will be in the journal.</summary>
    Kept,

    /// <summary>The run is over: nothing comes of it any more.</summary>
    Over,

    /// <summary>There is no such run.</summary>
    Unknown,
}

/// <summary>Events for runs that are not live here: rows of the database until the owner has them in the run's journal.</summary>
public sealed class RunMail(RunStore store, IDbContextFactory<FlowsDb> databases, Signals signals)
{
    public const string Topic = "mail";

    /// <summary>
    /// Writes the event down for a run that is not over, in one step with the look whether it is. The job of a step that ended stays
    /// until its letter is handed over: a new owner would take the step for one that nobody has begun.
    /// </summary>
    public async Task<Posted> KeepAsync(string runId, RunEvent happened, CancellationToken cancellation)
    {
        var kept = false;
        await store.WriteAsync(db =>
        {
            kept = Keep(db, runId, happened);
            if (kept && happened is RunEvent.StepEnded ended) JobStore.Tell(db, new JobKey(runId, ended.Step, ended.Attempt));
        }).WaitAsync(cancellation);
        if (kept)
        {
            Wake(runId);
            return Posted.Kept;
        }
        return await store.FindAsync(runId, cancellation) is null ? Posted.Unknown : Posted.Over;
    }

    /// <summary>The same within a write of the caller's; false when the run is over or unknown. Once that is committed, <see cref="Wake"/>.</summary>
    internal bool Keep(FlowsDb db, string runId, RunEvent happened)
    {
        if (Insert(db, runId, JsonSerializer.Serialize(happened, ContractJson.Options)) == 0) return false;
        signals.Send(db, Topic, runId);
        return true;
    }

    internal void Wake(string runId) => signals.Wake(Topic, runId);

    /// <summary>Letters for runs of one owner, oldest first.</summary>
    /// <param name="known">Letters that are being handed over already.</param>
    public async Task<IReadOnlyList<RunMailRow>> OfAsync(string owner, IReadOnlyCollection<long> known, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<RunMailRow>().AsNoTracking()
            .Where(row => db.Set<RunRow>().Any(run => run.Id == row.RunId && run.OwnerId == owner) && !known.Contains(row.Id))
            .OrderBy(row => row.Id).Take(500).ToListAsync(cancellation);
    }

    /// <summary>The journal has the letter's event.</summary>
    internal Task RemoveAsync(RunMailRow letter, RunEvent happened) => store.WriteAsync(db =>
    {
        db.Set<RunMailRow>().Where(row => row.Id == letter.Id).ExecuteDelete();
        if (happened is RunEvent.StepEnded ended) JobStore.RemoveTold(db, new JobKey(letter.RunId, ended.Step, ended.Attempt));
    });

    // On PostgreSQL the run's row is held, so that its end cannot come between.
    private static int Insert(FlowsDb db, string runId, string body) => db.IsShared
        ? db.Database.ExecuteSql($"""
            INSERT INTO run_mail ("RunId", "Event", "ProjectId", "Author")
            SELECT "Id", {body}, "ProjectId", "Author" FROM runs WHERE "Id" = {runId} AND "Status" = {(int)RunStatus.Running} FOR SHARE
            """)
        : db.Database.ExecuteSql($"""
            INSERT INTO run_mail ("RunId", "Event", "ProjectId", "Author")
            SELECT "Id", {body}, "ProjectId", "Author" FROM runs WHERE "Id" = {runId} AND "Status" = {(int)RunStatus.Running}
            """);
}
