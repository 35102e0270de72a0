using Flows.Contract.Definitions;

namespace Flows.Hub.Library;

/// <summary>Flows on offer as they are in a project: with the ids that they have there, pointing at each other, and saying where they are from.</summary>
/// <param name="Ids">Definition id in the project, by the one on offer.</param>
internal sealed record PreparedFlows(IReadOnlyList<FlowDefinition> Flows, IReadOnlyDictionary<string, string> Ids)
{
    public static PreparedFlows Of(string library, LibraryContent content, IReadOnlyDictionary<string, string> ids) =>
        new([.. content.Flows.Select(flow => Prepare(flow, content.MarkOf(library, flow), ids))], ids);

    private static FlowDefinition Prepare(FlowDefinition offered, LibraryMark mark, IReadOnlyDictionary<string, string> ids)
    {
        var flow = LibraryMark.Bare(offered);
        mark.Put(flow);
        flow.Json["definitionId"] = ids[offered.DefinitionId];
        foreach (var activity in flow.Activities().Where(activity => activity.WorkflowDefinitionId is { } used && ids.ContainsKey(used)))
        {
            activity.Json["workflowDefinitionId"] = ids[activity.WorkflowDefinitionId!];
            // The version by its own id is another one's there: what is published counts.
            activity.Json.Remove("workflowDefinitionVersionId");
        }
        return flow;
    }
}
