using Flows.Engine;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Runs;

/// <summary>Finds steps that wait for something of a name, whichever orchestrator owns their run.</summary>
public sealed class WaitingSteps(IDbContextFactory<FlowsDb> databases, RunStore store)
{
    /// <summary>Bookmarks of steps of an activity type that wait for that name; with a correlation id only those of runs that have it.</summary>
    public async Task<IReadOnlyList<BookmarkRow>> FindAsync(string activityType, string name, string? correlationId, CancellationToken cancellation = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = db.Set<BookmarkRow>().AsNoTracking().Where(row => row.ActivityType == activityType && row.Name == name);
        if (!string.IsNullOrEmpty(correlationId)) rows = rows.Where(row => row.CorrelationId == correlationId);
        return await rows.OrderBy(row => row.Id).ToListAsync(cancellation);
    }

    /// <summary>Bookmarks of all steps of an activity type.</summary>
    public async Task<IReadOnlyList<BookmarkRow>> OfTypeAsync(string activityType, CancellationToken cancellation = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<BookmarkRow>().AsNoTracking().Where(row => row.ActivityType == activityType).OrderBy(row => row.Id).ToListAsync(cancellation);
    }

    internal Task KeepAsync(RunRow run, IReadOnlyList<WaitingStep> came) => came.Count == 0 ? Task.CompletedTask : store.WriteAsync(db =>
    {
        foreach (var step in came) Keep(db, run, step);
    });

    internal Task ForgetAsync(IReadOnlyList<string> gone) => gone.Count == 0 ? Task.CompletedTask : store.WriteAsync(db =>
        db.Set<BookmarkRow>().Where(row => gone.Contains(row.Id)).ExecuteDelete());

    /// <summary>A new owner knows from the journal what waits: rows that a dead one left say something else.</summary>
    internal Task ReplaceAsync(RunRow run, IReadOnlyList<WaitingStep> waiting) => store.WriteAsync(db =>
    {
        db.Set<BookmarkRow>().Where(row => row.RunId == run.Id).ExecuteDelete();
        foreach (var step in waiting) Keep(db, run, step);
    });

    private static void Keep(FlowsDb db, RunRow run, WaitingStep step) => db.Database.ExecuteSql($"""
        INSERT INTO bookmarks ("Id", "RunId", "ActivityId", "ActivityType", "StepId", "Name", "CorrelationId", "ProjectId", "Author")
        VALUES ({step.Bookmark.Id}, {run.Id}, {step.Bookmark.ActivityId}, {step.Bookmark.ActivityType}, {step.Bookmark.StepId}, {step.Name}, {step.CorrelationId}, {run.ProjectId}, {run.Author})
        ON CONFLICT ("Id") DO UPDATE SET "Name" = excluded."Name", "CorrelationId" = excluded."CorrelationId"
        """);
}
