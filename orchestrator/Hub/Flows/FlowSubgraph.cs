using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Flows;

/// <summary>One activity of a flow with what is inside it. A flow that is used as an activity is not part of the file: here it is put in, as its <c>root</c>.</summary>
public static class FlowSubgraph
{
    /// <param name="nodeId">The activity's <c>nodeId</c>: ids from the flow down to it, joined by colons; it may lead through flows that are used as activities. A plain id will do too.</param>
    public static async Task<Results<Ok<SubgraphAnswer>, ProblemHttpResult>> FindAsync(string definitionId, string? nodeId, int? version, FlowStore store, IFlowLookup flows, CancellationToken cancellation)
    {
        if (await store.DefinitionAsync(definitionId, version, cancellation) is not { } flow) return Problems.NotFound($"There is no flow '{definitionId}'.");
        var found = string.IsNullOrEmpty(nodeId) ? flow.Root : Find(flow, nodeId, flows);
        return found is null
            ? Problems.NotFound($"The flow '{definitionId}' has no activity '{nodeId}'.")
            : TypedResults.Ok(new SubgraphAnswer(Whole(found, flows)));
    }

    private static FlowActivity? Find(FlowDefinition flow, string nodeId, IFlowLookup flows)
    {
        if (flow.Activities().FirstOrDefault(activity => activity.Json.Text("nodeId") == nodeId) is { } named) return named;
        var way = nodeId.Split(':', StringSplitOptions.RemoveEmptyEntries);
        return way.Length == 1 ? flow.Activities().FirstOrDefault(activity => activity.Id == way[0]) : Walk(flow, way, flows);
    }

    // The first part names the flow itself, and so does the part after an activity that runs a flow.
    private static FlowActivity? Walk(FlowDefinition flow, string[] way, IFlowLookup flows)
    {
        var at = flow.Root is { } root && root.Id == way[1] ? root : null;
        for (var next = 2; at is not null && next < way.Length; next++)
        {
            if (at.Children().Select(child => child.Activity).FirstOrDefault(child => child.Id == way[next]) is { } child) at = child;
            else if (ChildOf(at, flows) is { Root: { } inner } && next + 1 < way.Length && inner.Id == way[next + 1]) (at, next) = (inner, next + 1);
            else return null;
        }
        return at;
    }

    private static JsonObject Whole(FlowActivity activity, IFlowLookup flows)
    {
        var json = (JsonObject)activity.Json.DeepClone();
        if (ChildOf(activity, flows) is not { Root: { } root } child) return json;
        json["root"] = new JsonObject { ["id"] = "Workflow1", ["type"] = "Elsa.Workflow", ["version"] = child.Version, ["definitionId"] = child.DefinitionId, ["name"] = child.Name, ["root"] = root.Json.DeepClone() };
        return json;
    }

    private static FlowDefinition? ChildOf(FlowActivity activity, IFlowLookup flows) =>
        activity.Type.StartsWith("Elsa.", StringComparison.Ordinal) ? null : UsedFlow.Of<FlowDefinition>(activity, flows.Child, flow => flow);
}

public sealed record SubgraphAnswer(JsonObject Activity);
