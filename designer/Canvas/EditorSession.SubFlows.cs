using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Designer.Editing.SubFlows;

namespace Flows.Designer.Canvas;

/// <summary>Nodes become a flow of their own, and come back.</summary>
public sealed partial class EditorSession
{
    /// <summary>The node chosen alone that uses another flow; null when there is none.</summary>
    public FlowActivity? UsedBySelected => Selection.Single is { } id && Draft.Find(id) is { WorkflowDefinitionId: not null } call ? call : null;

    /// <summary>The chosen nodes as a flow; null, with the reason said, when they cannot be taken out.</summary>
    public SubFlow? Extract(FlowDefinition empty)
    {
        var (made, refusal) = SubFlow.Of(Draft, [.. Selection.Nodes.Where(id => Graph.Find(id) is not null)], empty, Catalog);
        if (refusal is not null) Say(refusal);
        return made;
    }

    /// <summary>Puts the nodes of a used flow in the place of the node that uses it; says why when it cannot.</summary>
    public void Inline(string callId, FlowDefinition used)
    {
        var before = Graph.Nodes.Select(node => node.Id).ToHashSet();
        var (edit, refusal) = InlinedFlow.Of(Draft, callId, used, Catalog);
        if (edit is null) Say(refusal!);
        else if (Apply(edit) is null) Select(Graph.Nodes.Select(node => node.Id).Where(id => !before.Contains(id)).ToList());
    }

    /// <summary>There are activities that were not there when the editor was opened.</summary>
    public void Learn(IEnumerable<ActivityDescriptor> activities) => Catalog = new ActivityCatalog(activities).Allowing(cSharp: null);
}
