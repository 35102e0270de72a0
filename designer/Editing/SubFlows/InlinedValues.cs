using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Designer.Editing.SubFlows;

/// <summary>Rewrites what nodes of a used flow read and give for the flow that they come into.</summary>
/// <param name="call">The node in whose place they come.</param>
/// <param name="ids">New ids of nodes.</param>
/// <param name="variables">New ids of variables.</param>
internal sealed class InlinedValues(FlowActivity call, IReadOnlyDictionary<string, string> ids, IReadOnlyDictionary<string, string> variables)
{
    /// <summary>Names of what the flow that they come into gives out itself.</summary>
    public required IReadOnlySet<string> Outputs { get; init; }

    public JsonObject Of(FlowActivity node)
    {
        var copy = new FlowActivity((JsonObject)node.Json.DeepClone());
        foreach (var expression in Spoken.Expressions(copy.Json).ToList()) Read(expression);
        foreach (var one in copy.SelfAndDescendants().ToList())
        {
            Give(one);
            Point(one);
            one.Json.Remove("nodeId");
            one.Json["id"] = ids.GetValueOrDefault(one.Id, one.Id);
        }
        return copy.Json;
    }

    public JsonObject Renamed(FlowVariable variable)
    {
        var copy = (JsonObject)variable.Json.DeepClone();
        if (variables[variable.Id] != variable.Id) (copy["id"], copy["name"]) = (variables[variable.Id], variables[variable.Id]);
        return copy;
    }

    // An input is what the node was given; one that it was not given is nothing.
    private void Read(JsonObject expression)
    {
        if (expression.Text("type") == ExpressionTypes.Input && (expression["value"] is JsonObject asked ? asked.Text("name") : expression["value"].AsText()) is { } name)
        {
            var given = call.Input(InlinedFlow.Camel(name));
            (expression["type"], expression["value"]) = (given?.ExpressionType ?? ExpressionTypes.Literal, given?.Value?.DeepClone());
        }
        else if (new FlowInput(null, expression.Text("type")!, expression["value"]).VariableId is { } variable && variables.TryGetValue(variable, out var other))
            expression["value"] = new JsonObject { ["id"] = other, ["name"] = other };
    }

    private void Give(FlowActivity activity)
    {
        foreach (var (output, target) in DataWires.Writes(activity).ToList())
        {
            if (variables.TryGetValue(target, out var other)) activity.Json[output]!["memoryReference"] = new JsonObject { ["id"] = other };
            else if (call.OutputTarget(InlinedFlow.Camel(target)) is { } given) activity.Json[output]!["memoryReference"] = new JsonObject { ["id"] = given };
            else activity.Json.Remove(output);
        }
    }

    // What set an output of the flow sets what the node gave it to.
    private void Point(FlowActivity activity)
    {
        if (activity.Type == "Elsa.SetVariable" && activity.Json["variable"] is JsonObject set && variables.TryGetValue(set.Text("id") ?? set.Text("name") ?? "", out var other))
            activity.Json["variable"] = new JsonObject { ["id"] = other, ["name"] = other };
        if (activity.Type != "Elsa.SetOutput" || activity.Input("outputName")?.Value.AsText() is not { } name) return;
        var target = call.OutputTarget(InlinedFlow.Camel(name)) ?? name;
        if (Outputs.Contains(target))
        {
            activity.Json["outputName"] = FlowInput.Literal("String", target);
            return;
        }
        (activity.Json["type"], activity.Json["variable"], activity.Json["value"]) = ("Elsa.SetVariable", new JsonObject { ["id"] = target, ["name"] = target }, activity.Json["outputValue"]?.DeepClone());
        activity.Json.Remove("outputName");
        activity.Json.Remove("outputValue");
    }
}
