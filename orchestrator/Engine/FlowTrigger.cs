using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Engine.Expressions;
using Flows.Engine.Graph;
using Flows.Engine.Run;

namespace Flows.Engine;

/// <summary>An activity that starts its flow: its inputs, evaluated before there is a run.</summary>
/// <param name="Fault">Why the inputs cannot be evaluated; null when they can.</param>
public sealed record FlowTrigger(string ActivityId, string ActivityType, JsonObject Inputs, string? Fault = null)
{
    /// <summary>The flow's triggers: activities that are able to start it and are set to. Expressions see the flow's variables as they begin.</summary>
    public static IReadOnlyList<FlowTrigger> Of(FlowDefinition flow, StepExecutor executor)
    {
        if (!flow.Activities().Any(activity => Starts(activity, executor.Catalog))) return [];
        var graph = FlowGraph.Compile(flow, (_, _) => null, executor.Catalog);
        var root = new Step(0, graph.Root, null) { Variables = Variables.Declared(flow.Variables) };
        return [.. Nodes(graph.Root).Where(node => Starts(node.Activity, executor.Catalog)).Select(node => Read(node, new ExpressionScope(new RunState("", graph), new Step(1, node, root)), executor))];
    }

    private static bool Starts(FlowActivity activity, ActivityCatalog catalog) =>
        !activity.IsDisabled && activity.Type != "Elsa.Start" && catalog.Find(activity.Type) is { IsTrigger: true } known && (known.OnlyStarts || activity.CanStartWorkflow);

    private static FlowTrigger Read(Node node, ExpressionScope scope, StepExecutor executor)
    {
        try { return new FlowTrigger(node.Id, node.Type, executor.EvaluateInputs(node, scope)); }
        catch (ActivityFault fault) { return new FlowTrigger(node.Id, node.Type, [], fault.Message); }
    }

    private static IEnumerable<Node> Nodes(Node root)
    {
        var open = new Stack<Node>([root]);
        while (open.TryPop(out var node))
        {
            yield return node;
            foreach (var child in node.Children.Concat(node.Slots.Values).Reverse()) open.Push(child);
        }
    }
}
