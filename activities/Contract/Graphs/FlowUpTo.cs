using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Contract.Graphs;

/// <summary>
/// A flow as far as one of its activities: the activity and whatever leads to it, in the flowcharts, sequences, loops and branches around
/// it, and nothing after it. What is left out cannot keep the rest from being checked and run.
/// </summary>
public static class FlowUpTo
{
    /// <returns>A copy; null when the flow has no such activity.</returns>
    public static FlowDefinition? Of(FlowDefinition flow, string activityId)
    {
        var copy = flow.Clone();
        if (new FlowIndex(copy).Find(activityId) is not { } at) return null;
        foreach (var around in at.Ancestors())
        {
            Cut(around.Activity, at.Activity);
            at = around;
        }
        return copy;
    }

    private static void Cut(FlowActivity around, FlowActivity child)
    {
        switch (around.Type)
        {
            case "Elsa.Flowchart": CutChart(around, child); break;
            case "Elsa.Sequence": Drop(around.Children().SkipWhile(one => one.Activity.Json != child.Json).Skip(1)); break;
            case "Elsa.While":
                Drop(Siblings(around, child));
                Once(around, child);
                break;
            // What was tried comes before what is done about it.
            case "Flows.TryCatch": Drop(Siblings(around, child).Where(one => Order(one.Slot) > Order(SlotOf(around, child)))); break;
            default: Drop(Siblings(around, child)); break;
        }
    }

    private static IEnumerable<(string Slot, FlowActivity Activity)> Siblings(FlowActivity around, FlowActivity child) =>
        around.Children().Where(one => one.Activity.Json != child.Json);

    private static string SlotOf(FlowActivity around, FlowActivity child) => around.Children().First(one => one.Activity.Json == child.Json).Slot;

    private static int Order(string slot) => slot switch { "body" => 0, "catch" => 1, _ => 2 };

    private static void Drop(IEnumerable<(string Slot, FlowActivity Activity)> gone)
    {
        foreach (var (_, activity) in gone.ToList()) Detach(activity.Json);
    }

    // An item of a list goes; of a case only what it holds, so that what the others decide stays as it was.
    private static void Detach(JsonObject json)
    {
        if (json.Parent is JsonArray list) list.Remove(json);
        else if (json.Parent is JsonObject holder) holder.Remove(json.GetPropertyName());
    }

    // Whatever would end the loop may come after the activity: one pass is what was asked for.
    private static void Once(FlowActivity loop, FlowActivity body)
    {
        var slot = body.Json.GetPropertyName();
        loop.Json[slot] = null;
        loop.Json[slot] = new JsonObject
        {
            ["id"] = body.Id + "-once",
            ["type"] = "Elsa.Sequence",
            ["version"] = 1,
            ["activities"] = new JsonArray(body.Json, new JsonObject { ["id"] = body.Id + "-break", ["type"] = "Elsa.Break", ["version"] = 1 }),
        };
    }

    private static void CutChart(FlowActivity chart, FlowActivity child)
    {
        // A loop that goes on over the activity ends at it.
        var connections = chart.Connections.Where(connection => connection.Source != child.Id).ToList();
        var before = Reached([child.Id], connections.ToLookup(connection => connection.Target, connection => connection.Source));
        // What is reached over the activity alone never comes before it.
        var entered = connections.Select(connection => connection.Target).ToHashSet();
        var starts = chart.Children().Where(one => before.Contains(one.Activity.Id) && (Starts(one.Activity) || !entered.Contains(one.Activity.Id))).Select(one => one.Activity.Id);
        var reached = Reached(starts, connections.ToLookup(connection => connection.Source, connection => connection.Target));
        if (reached.Contains(child.Id)) before.IntersectWith(reached);

        Drop(chart.Children().Where(one => !before.Contains(one.Activity.Id)));
        if (JsonReading.Unwrap(chart.Json["connections"]) is not JsonArray wires) return;
        foreach (var wire in wires.OfType<JsonObject>().Where(wire => FlowConnection.Read(wire) is { } read && !IsKept(read)).ToList()) wires.Remove(wire);

        bool IsKept(FlowConnection wire) => wire.Source != child.Id && before.Contains(wire.Source) && before.Contains(wire.Target);
    }

    private static bool Starts(FlowActivity activity) => activity.CanStartWorkflow || activity.Type == "Elsa.Start";

    private static HashSet<string> Reached(IEnumerable<string> from, ILookup<string, string> next)
    {
        var seen = from.ToHashSet();
        var open = new Queue<string>(seen);
        while (open.TryDequeue(out var id))
            foreach (var one in next[id].Where(seen.Add)) open.Enqueue(one);
        return seen;
    }
}
