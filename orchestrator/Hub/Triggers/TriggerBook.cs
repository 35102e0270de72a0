using Flows.Contract.Triggers;
using Flows.Hub.Flows;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Flows.Hub.Triggers.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Triggers;

/// <summary>Triggers as people see them.</summary>
public sealed class TriggerBook(IDbContextFactory<FlowsDb> databases)
{
    /// <summary>Most fires that are shown of one trigger.</summary>
    public const int MostFires = 100;

    /// <param name="definitionId">Only those of one flow; null: all.</param>
    public async Task<IReadOnlyList<TriggerRecord>> ListAsync(string? definitionId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var states = await Shown(db, definitionId).ToListAsync(cancellation);
        var open = await db.Set<TriggerFireRow>().Where(row => (definitionId == null || row.DefinitionId == definitionId) && (row.State == FireState.Waiting || row.State == FireState.Starting || row.State == FireState.Started))
            .GroupBy(row => new { row.DefinitionId, row.ActivityId, row.State }).Select(same => new { same.Key.DefinitionId, same.Key.ActivityId, same.Key.State, Count = same.Count() }).ToListAsync(cancellation);
        var addresses = (await db.Set<WebhookRow>().Where(row => definitionId == null || row.DefinitionId == definitionId).Select(row => new { row.DefinitionId, row.ActivityId }).ToListAsync(cancellation)).Select(row => (row.DefinitionId, row.ActivityId)).ToHashSet();
        return [.. states.Select(one => one with
        {
            HasToken = addresses.Contains((one.DefinitionId, one.ActivityId)),
            Waiting = open.Where(count => Fits(count.DefinitionId, count.ActivityId, one) && count.State == FireState.Waiting).Sum(count => count.Count),
            Active = open.Where(count => Fits(count.DefinitionId, count.ActivityId, one) && count.State != FireState.Waiting).Sum(count => count.Count),
        })];
    }

    public async Task<TriggerStateRow?> FindAsync(TriggerKey trigger, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<TriggerStateRow>().AsNoTracking().FirstOrDefaultAsync(row => row.DefinitionId == trigger.DefinitionId && row.ActivityId == trigger.ActivityId, cancellation);
    }

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<FireRecord>> FiresAsync(TriggerKey trigger, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await db.Set<TriggerFireRow>().AsNoTracking().Where(row => row.DefinitionId == trigger.DefinitionId && row.ActivityId == trigger.ActivityId)
            .OrderByDescending(row => row.FiredAt).ThenByDescending(row => row.At).Take(MostFires).ToListAsync(cancellation);
        return rows.ConvertAll(row => new FireRecord(row.Key, row.At, row.FiredAt, row.State.ToString(), row.State == FireState.Refused ? null : row.RunId) { Error = row.Error });
    }

    /// <summary>Runs that started each other before this one, in a row, by triggers.</summary>
    public async Task<int> DepthAsync(string runId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<TriggerFireRow>().Where(row => row.RunId == runId).Select(row => (int?)row.Depth).FirstOrDefaultAsync(cancellation) ?? 0;
    }

    private static bool Fits(string definitionId, string activityId, TriggerRecord trigger) => definitionId == trigger.DefinitionId && activityId == trigger.ActivityId;

    // What was seen may be large: the list does not read it.
    private static IQueryable<TriggerRecord> Shown(FlowsDb db, string? definitionId) =>
        from row in db.Set<TriggerStateRow>().AsNoTracking()
        where definitionId == null || row.DefinitionId == definitionId
        join flow in db.Set<FlowRow>() on row.DefinitionId equals flow.DefinitionId
        orderby row.DefinitionId, row.ActivityId
        select new TriggerRecord(row.DefinitionId, flow.Name, row.ActivityId, row.ActivityType)
        {
            Enabled = row.IsOn,
            Version = row.Version,
            Publisher = row.Author,
            LastFiredAt = row.LastFiredAt,
            LagSeconds = LagOf(row.LastFiredAt, row.LastAt),
            NextAt = row.NextAt,
            LastRunId = row.LastRunId,
            Error = row.Error,
            ErrorAt = row.ErrorAt,
            Fires = row.Fires,
            Watcher = row.IsOn ? row.WatcherId : null,
            IsWatching = row.IsOn && row.WatcherId != null && row.Cursor != null,
        };

    private static double? LagOf(DateTimeOffset? fired, DateTimeOffset? at) => fired is { } then && at is { } happened ? Math.Max(0, (then - happened).TotalSeconds) : null;
}
