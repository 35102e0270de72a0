using Flows.Contract.Definitions;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Flows;

/// <summary>Flows that use another one as an activity in a version that is no longer its newest.</summary>
internal static class FlowConsumers
{
    /// <summary>Whether a published flow takes those along that use it.</summary>
    public static bool Follow(FlowDefinition published) => published.Options.Flag("usableAsActivity") && published.Options.Flag("autoUpdateConsumingWorkflows");

    /// <summary>The newest version of each consumer, its flow pointed to the used version; one that is read-only stays as it is.</summary>
    public static async Task<IReadOnlyList<(FlowRow Head, FlowVersionRow Latest, FlowDefinition Flow)>> OfAsync(FlowsDb db, FlowVersionRow used, CancellationToken cancellation)
    {
        // Whoever uses it has its id in the file.
        var rows = await (from head in db.Set<FlowRow>()
                          join version in db.Set<FlowVersionRow>() on new { head.DefinitionId, Version = head.LatestVersion } equals new { version.DefinitionId, version.Version }
                          where version.Json.Contains(used.DefinitionId) && head.ProjectId == used.ProjectId && head.DefinitionId != used.DefinitionId
                          orderby head.DefinitionId
                          select new { head, version }).ToListAsync(cancellation);
        var consumers = rows.ConvertAll(row => (row.head, row.version, Flow: FlowFile.ReadOne(row.version.Json)));
        return consumers.FindAll(consumer => !consumer.Flow.Json.Flag("isReadonly") && Point(consumer.Flow, used));
    }

    private static bool Point(FlowDefinition flow, FlowVersionRow used)
    {
        var outdated = flow.Activities().Where(activity => activity.WorkflowDefinitionId == used.DefinitionId && activity.WorkflowDefinitionVersionId != used.VersionId && !activity.Type.StartsWith("Elsa.", StringComparison.Ordinal)).ToList();
        foreach (var activity in outdated)
        {
            activity.Json["workflowDefinitionVersionId"] = used.VersionId;
            activity.Json["latestAvailablePublishedVersionId"] = used.VersionId;
            activity.Json["latestAvailablePublishedVersion"] = used.Version;
            activity.Json["version"] = used.Version;
        }
        return outdated.Count > 0;
    }
}
