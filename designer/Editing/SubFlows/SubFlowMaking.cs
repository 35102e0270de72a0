using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Designer.Editing.SubFlows;

/// <summary>Writes the new flow and the node that calls it.</summary>
internal sealed class SubFlowMaking(FlowDraft draft, FlowActivity chart, IReadOnlyList<FlowActivity> chosen, Crossing crossing, CrossingValues values)
{
    private const double Margin = 60;
    private readonly HashSet<string> _inside = [.. chosen.Select(activity => activity.Id)];

    public SubFlow Make(FlowDefinition empty, IReadOnlyList<(WayOut Way, string Outcome)> outcomes)
    {
        var made = empty.Clone();
        Fill(made.Json, outcomes);
        var call = draft.Index.FreshId(made.ActivityType);
        var caller = draft.Flow.Clone();
        Replace(caller, Call(made, call), outcomes);
        return new SubFlow(made, new FlowEdit.Replace(caller.Json, $"Made {made.Name} of {(chosen.Count == 1 ? "a node" : $"{chosen.Count} nodes")}"), call);
    }

    private void Fill(JsonObject flow, IReadOnlyList<(WayOut Way, string Outcome)> outcomes)
    {
        flow["options"] = new JsonObject { ["usableAsActivity"] = true };
        flow["inputs"] = new JsonArray([.. values.Inputs.Select(input => Parameter(input.Key, input.Value))]);
        flow["outputs"] = new JsonArray([.. values.Outputs.Select(output => Parameter(output.Key, output.Value))]);
        flow["outcomes"] = new JsonArray([.. outcomes.Select(outcome => outcome.Outcome).Distinct().Select(name => JsonValue.Create(name))]);
        flow["variables"] = new JsonArray([.. values.Inner.Concat(values.Outputs.Keys.Where(values.IsReadInside).Select(values.Of)).Select(variable => variable.Json.DeepClone())]);
        var root = (JsonObject)flow["root"]!;
        // Where a flow begins that loops back to its beginning: at the first.
        root["activities"] = new JsonArray([.. chosen.OrderBy(activity => activity.Id != crossing.Entries[0]).Select(Moved)]);
        root["connections"] = new JsonArray([.. crossing.Within.Select(wire => wire.ToJson())]);
        foreach (var (way, outcome) in outcomes) Lead(root, way, outcome);
    }

    // Values that are read inside too are given where the flow ends; several ways out end it with their names.
    private void Lead(JsonObject root, WayOut way, string outcome)
    {
        var (at, port) = (way.Source, way.Port);
        var place = new FlowActivity(((JsonArray)root["activities"]!).OfType<JsonObject>().First(json => json.Text("id") == way.Source)).Position;
        var ending = values.Outputs.Where(output => values.IsReadInside(output.Key)).Select(output => SetOutput(output.Key, output.Value)).ToList();
        if (!crossing.EndsAsOne) ending.Add(new JsonObject { ["type"] = "Elsa.Complete", ["version"] = 1, ["outcomes"] = FlowInput.Literal("Object", outcome) });
        foreach (var node in ending)
        {
            node["id"] = draft.Index.FreshId(node.Text("type")!);
            node["name"] = node.Text("id");
            if (place is { } beside) At(node, beside.X + 280, beside.Y);
            place = new FlowActivity(node).Position;
            ((JsonArray)root["activities"]!).Add(node);
            ((JsonArray)root["connections"]!).Add(new FlowConnection(at, port ?? "Done", node.Text("id")!, "In").ToJson());
            (at, port) = (node.Text("id")!, null);
        }
    }

    private JsonObject SetOutput(string variable, string name) => new()
    {
        ["type"] = "Elsa.SetOutput",
        ["version"] = 1,
        ["outputName"] = FlowInput.Literal("String", name),
        ["outputValue"] = FlowInput.ReadVariable(values.Of(variable)),
    };

    private JsonObject Moved(FlowActivity activity)
    {
        var copy = new FlowActivity((JsonObject)activity.Json.DeepClone());
        foreach (var expression in Spoken.Expressions(copy.Json).ToList())
        {
            if (new FlowInput(null, expression.Text("type")!, expression["value"]).VariableId is not { } read || !values.Inputs.TryGetValue(values.IdOf(read), out var input)) continue;
            (expression["type"], expression["value"]) = (ExpressionTypes.Input, new JsonObject { ["name"] = input });
        }
        foreach (var one in copy.SelfAndDescendants()) Give(one);
        if (activity.Position is { } at) At(copy.Json, at.X - chosen.Min(node => node.Position?.X ?? 0) + Margin, at.Y - chosen.Min(node => node.Position?.Y ?? 0) + Margin);
        return copy.Json;
    }

    private void Give(FlowActivity activity)
    {
        foreach (var (output, variable) in DataWires.Writes(activity).ToList())
        {
            if (!values.Outputs.TryGetValue(values.IdOf(variable), out var name) || values.IsReadInside(values.IdOf(variable))) continue;
            activity.Json[output]!["memoryReference"] = new JsonObject { ["id"] = name };
        }
        // SetVariable has no output of its own: it sets the flow's.
        if (activity.Type != "Elsa.SetVariable" || activity.Json["variable"] is not JsonObject set || !values.Outputs.TryGetValue(values.IdOf(set.Text("id") ?? set.Text("name") ?? ""), out var given) || values.IsReadInside(values.IdOf(set.Text("id") ?? set.Text("name") ?? ""))) return;
        (activity.Json["type"], activity.Json["outputName"], activity.Json["outputValue"]) = ("Elsa.SetOutput", FlowInput.Literal("String", given), activity.Json["value"]?.DeepClone());
        activity.Json.Remove("variable");
        activity.Json.Remove("value");
    }

    private JsonObject Call(FlowDefinition made, string id)
    {
        var call = new JsonObject { ["id"] = id, ["type"] = made.ActivityType, ["version"] = 1, ["name"] = char.ToUpperInvariant(id[0]) + id[1..], ["workflowDefinitionId"] = made.DefinitionId, ["customProperties"] = new JsonObject() };
        call["metadata"] = new JsonObject { ["displayText"] = made.Name };
        foreach (var (variable, name) in values.Inputs) call[Camel(name)] = FlowInput.ReadVariable(values.Of(variable));
        foreach (var (variable, name) in values.Outputs) call[Camel(name)] = new JsonObject { ["typeName"] = values.Of(variable).TypeName, ["memoryReference"] = new JsonObject { ["id"] = variable } };
        // What nobody placed is laid out with the rest.
        if (chosen.All(node => node.Position is not null)) At(call, chosen.Average(node => node.Position!.Value.X), chosen.Average(node => node.Position!.Value.Y));
        return call;
    }

    private void Replace(FlowDefinition caller, JsonObject call, IReadOnlyList<(WayOut Way, string Outcome)> outcomes)
    {
        var (id, here) = (call.Text("id")!, caller.Find(chart.Id)!.Json);
        var left = here.Objects("activities").Where(json => !_inside.Contains(json.Text("id") ?? "")).Select(json => json.DeepClone());
        var wires = crossing.Wires.Where(wire => !_inside.Contains(wire.Source) && !_inside.Contains(wire.Target))
            .Concat(crossing.In.Select(wire => wire with { Target = id }))
            .Concat(outcomes.SelectMany(outcome => outcome.Way.Targets.Select(target => new FlowConnection(id, outcome.Outcome, target, "In")))).Distinct().ToList();
        here["activities"] = new JsonArray([.. left, call]);
        here["connections"] = new JsonArray([.. wires.Select(wire => wire.ToJson())]);
        Regroup(here, id);
        foreach (var holder in caller.Activities().Select(activity => activity.Json).Append(caller.Json).Where(json => json["variables"] is not null).ToList())
            holder["variables"] = new JsonArray([.. holder.Objects("variables").Where(variable => values.Inner.All(inner => inner.Id != new FlowVariable(variable).Id)).Select(variable => variable.DeepClone())]);
    }

    private void Regroup(JsonObject here, string call)
    {
        if (here["customProperties"] is not JsonObject custom) return;
        foreach (var group in custom.Objects("groups").Where(group => group.Texts("nodes").Any(_inside.Contains)))
            group["nodes"] = new JsonArray([.. group.Texts("nodes").Select(node => _inside.Contains(node) ? call : node).Distinct().Select(node => JsonValue.Create(node))]);
    }

    private JsonObject Parameter(string variable, string name) => new() { ["name"] = name, ["displayName"] = name, ["type"] = values.Of(variable).TypeName };

    private static string Camel(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    internal static void At(JsonObject node, double x, double y)
    {
        if (node["metadata"] is not JsonObject metadata) node["metadata"] = metadata = [];
        if (metadata["designer"] is not JsonObject designer) metadata["designer"] = designer = [];
        designer["position"] = new JsonObject { ["x"] = Math.Round(x / 20) * 20, ["y"] = Math.Round(y / 20) * 20 };
    }
}
