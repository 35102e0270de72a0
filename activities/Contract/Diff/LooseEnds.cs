using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Contract.Diff;

/// <summary>
/// What one side took away while the other began to use it: a node that a new wire leads to, a variable that a new input reads.
/// Property by property there is no conflict in it, yet the merged flow would lack an end of a wire.
/// </summary>
internal sealed class LooseEnds(FlowDefinition before, FlowDefinition mine, FlowDefinition theirs, Func<MergeConflict, MergeSide> choose)
{
    private readonly FlowIndex _mine = new(mine);
    private readonly FlowIndex _theirs = new(theirs);
    private readonly FlowIndex _before = new(before);

    public void Mend(FlowDefinition merged)
    {
        foreach (var chart in merged.Activities().Where(activity => activity.IsFlowchart).ToList()) MendWires(chart);
        MendVariables(merged);
    }

    private void MendWires(FlowActivity chart)
    {
        var here = chart.Children().Select(child => child.Activity.Id).ToHashSet();
        var missing = chart.Connections.SelectMany(c => new[] { c.Source, c.Target }).Where(id => !here.Contains(id) && WasRemoved(id)).Distinct().ToList();
        foreach (var id in missing)
        {
            var (one, other) = (_mine.Find(id)?.Activity.Json, _theirs.Find(id)?.Activity.Json);
            var side = choose(new MergeConflict(id, "", _before.Find(id)?.Activity.Json.DeepClone(), one?.DeepClone(), other?.DeepClone()));
            if ((side == MergeSide.Mine ? one : other) is { } kept) Restore(chart, kept);
            else DropWires(chart, id);
        }
    }

    // Both sides without it means that the wire was loose before anybody edited.
    private bool WasRemoved(string id) => (_mine.Find(id) is null) != (_theirs.Find(id) is null);

    private void Restore(FlowActivity chart, JsonObject node)
    {
        if (JsonReading.Unwrap(chart.Json["activities"]) is not JsonArray list) return;
        list.Add(node.DeepClone());
        if (JsonReading.Unwrap(chart.Json["connections"]) is not JsonArray wires) return;
        var (id, there) = (node.Text("id")!, chart.Connections.ToHashSet());
        var ends = chart.Children().Select(child => child.Activity.Id).ToHashSet();
        foreach (var wire in (_mine.Find(id) ?? _theirs.Find(id))!.Parent!.Activity.Connections)
            if ((wire.Source == id || wire.Target == id) && ends.Contains(wire.Source) && ends.Contains(wire.Target) && there.Add(wire)) wires.Add(wire.ToJson());
    }

    private static void DropWires(FlowActivity chart, string id)
    {
        var wires = (JsonArray)JsonReading.Unwrap(chart.Json["connections"])!;
        for (var i = wires.Count - 1; i >= 0; i--)
            if (wires[i] is JsonObject json && FlowConnection.Read(json) is { } wire && (wire.Source == id || wire.Target == id)) wires.RemoveAt(i);
    }

    // A variable that a wire made goes with the wire's last reader; the other side had just found another reader for it.
    private void MendVariables(FlowDefinition merged)
    {
        var declared = Declared(merged).ToHashSet();
        var all = merged.Activities().ToList();
        var written = all.SelectMany(VariableUse.Writes).Select(write => write.Variable).ToHashSet();
        foreach (var variable in all.SelectMany(VariableUse.Reads).Select(read => read.Variable).Distinct().ToList())
        {
            if (!declared.Contains(variable)) Declare(merged, variable);
            if (!written.Contains(variable)) Bind(merged, variable);
        }
    }

    private void Declare(FlowDefinition merged, string variable)
    {
        if ((Find(mine, variable) ?? Find(theirs, variable)) is not { } json) return;
        if (JsonReading.Unwrap(merged.Json["variables"]) is not JsonArray list) merged.Json["variables"] = list = [];
        list.Add(json.DeepClone());
    }

    private void Bind(FlowDefinition merged, string variable)
    {
        var index = new FlowIndex(merged);
        foreach (var side in new[] { mine, theirs })
            foreach (var writer in side.Activities())
                foreach (var (output, _) in VariableUse.Writes(writer).Where(write => write.Variable == variable))
                    if (index.Find(writer.Id)?.Activity.Json is { } json && !json.ContainsKey(output)) json[output] = writer.Json[output]!.DeepClone();
    }

    private static IEnumerable<string> Declared(FlowDefinition flow) =>
        flow.Variables.Concat(flow.Activities().SelectMany(activity => activity.Variables)).SelectMany(variable => new[] { variable.Id, variable.Name });

    private static JsonObject? Find(FlowDefinition flow, string variable) => flow.Variables.FirstOrDefault(v => v.Id == variable || v.Name == variable)?.Json;
}
