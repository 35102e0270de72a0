using Flows.Hub.Flows;
using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Triggers;

/// <summary>At start: flows whose triggers are not those of their published version (published by an older program) get them.</summary>
internal sealed class TriggerRebuild(TriggerIndex index, IDbContextFactory<FlowsDb> databases, ILogger<TriggerRebuild> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var stale = await db.Set<FlowRow>().Where(row => row.PublishedVersion != row.TriggersOf || db.Set<TriggerRow>().Any(trigger => trigger.DefinitionId == row.DefinitionId) && !db.Set<TriggerStateRow>().Any(state => state.DefinitionId == row.DefinitionId && state.IsOn)).Select(row => row.DefinitionId).ToListAsync(cancellation);
        foreach (var definitionId in stale) await RebuildAsync(definitionId, cancellation);
    }

    public Task StopAsync(CancellationToken cancellation) => Task.CompletedTask;

    private async Task RebuildAsync(string definitionId, CancellationToken cancellation)
    {
        try
        {
            await databases.InTransactionAsync(async db =>
            {
                var head = (await db.Set<FlowRow>().FindAsync([definitionId], cancellation))!;
                var version = head.PublishedVersion is { } published ? await db.Set<FlowVersionRow>().FindAsync([definitionId, published], cancellation) : null;
                index.Replace(db, head, version is null ? null : FlowStore.Definition(version));
                return await db.SaveChangesAsync(cancellation);
            }, cancellation);
        }
        catch (RequestFault fault) { log.LogWarning("The flow {Flow} is not started by its triggers: {Why}", definitionId, fault.Message); }
    }
}
