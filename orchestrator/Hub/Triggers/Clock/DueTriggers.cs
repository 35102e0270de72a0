using System.Globalization;
using System.Text.Json.Nodes;
using Flows.Contract.Triggers;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Triggers.Clock;

/// <summary>Fires what is due. Every orchestrator tries: the first that moves a trigger on to its next time has fired it, in one transaction.</summary>
public sealed class DueTriggers(FireBook book, IDbContextFactory<FlowsDb> databases, TimeProvider time)
{
    /// <summary>When the next one is due; null when none is.</summary>
    public async Task<DateTimeOffset?> FireAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var now = time.GetUtcNow();
        var due = await (from state in db.Set<TriggerStateRow>().AsNoTracking()
                         where state.IsOn && state.NextAt <= now
                         join trigger in db.Set<TriggerRow>() on new { state.DefinitionId, state.ActivityId } equals new { trigger.DefinitionId, trigger.ActivityId }
                         orderby state.NextAt
                         select new { state, trigger.Inputs }).ToListAsync(cancellation);
        await Task.WhenAll(due.Select(one => FireAsync(one.state, one.Inputs, now, cancellation)));
        return await db.Set<TriggerStateRow>().Where(state => state.IsOn && state.NextAt != null).MinAsync(state => state.NextAt, cancellation);
    }

    private async Task FireAsync(TriggerStateRow state, string inputs, DateTimeOffset now, CancellationToken cancellation)
    {
        var fires = Schedule.Of(state.ActivityType, JsonNode.Parse(inputs)!.AsObject()).Due(state.NextAt!.Value, state.Since, now);
        var advance = new Advance(state.Revision)
        {
            NextAt = fires.Next,
            IsSure = true,
            Remark = fires.LeftOut > 0 ? $"{fires.LeftOut} times passed while no server could fire." : null,
        };
        await book.FireAsync(new TriggerKey(state.DefinitionId, state.ActivityId), [.. fires.Times.Select(FireOf)], advance, cancellation);
    }

    private static Fire FireOf(DateTimeOffset at)
    {
        var text = at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        return new Fire(text, at, new JsonObject { ["scheduledAt"] = text });
    }
}
