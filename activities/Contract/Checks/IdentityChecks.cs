using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Starts;

namespace Flows.Contract.Checks;

/// <summary>What an activity is: its id, its type, the flow that it runs.</summary>
internal static class IdentityChecks
{
    public static IEnumerable<Pause> Find(CheckedFlow flow, Findings found)
    {
        var seen = new HashSet<string>();
        foreach (var problem in DebouncePolicy.Of(flow.Flow)?.Problems ?? []) found.Error("bad-debounce", null, problem.Field, $"'{problem.Field}' of the flow {problem.Message}.", problem.Fix);
        if (flow.Flow.CustomProperties["python"] is { } python && (python as JsonObject)?["requirements"]?.GetValueKind() is not System.Text.Json.JsonValueKind.String)
            found.Error("bad-python", null, "python", "'python' of the flow does not name packages.", "Write {\"requirements\": \"pandas==2.2.0\\n…\"}, as in a requirements.txt, or remove it.");
        var names = flow.Catalog.Descriptors.Select(descriptor => descriptor.Type).ToList();
        foreach (var node in flow.Nodes)
        {
            if (node.Id.Length == 0) found.Error("missing-id", null, "id", $"An activity of type '{node.Activity.Type}' has no id.", "Give it an id of its own in the file, or draw it anew.");
            else if (!seen.Add(node.Id)) found.Error("duplicate-id", node.Id, "id", $"Two activities have the id '{node.Id}'.", "Give one of them another id: connections cannot tell them apart.");
            Type(node, flow, names, found);
            Children(node, found);
            yield return default;
        }
    }

    private static void Type(CheckedNode node, CheckedFlow flow, List<string> names, Findings found)
    {
        if (node.IsWorkflow && node.Child is null && flow.KnowsFlows)
            found.Error("missing-flow", node.Id, "workflowDefinitionId", $"{node.Title} runs the flow '{node.Activity.WorkflowDefinitionId ?? node.Activity.Type}', which does not exist here.", "Import and publish that flow, or choose another.");
        if (node.Descriptor is not null || node.IsWorkflow) return;
        var near = names.MinBy(name => Distance(name, node.Activity.Type));
        found.Error("unknown-activity", node.Id, "type", $"There is no activity of type '{node.Activity.Type}'.",
            near is not null && Distance(near, node.Activity.Type) <= 3 ? $"Did you mean '{near}'?" : "Replace it or remove it; until then it is kept as it is and cannot run.");
    }

    private static void Children(CheckedNode node, Findings found)
    {
        if (!node.Activity.IsFlowchart) return;
        var list = JsonReading.Unwrap(node.Activity.Json["activities"]);
        if (list is JsonArray items && items.Any(item => item is not JsonObject json || json.Text("type") is null || json.Text("id") is null))
            found.Error("broken-activity", node.Id, "activities", $"{node.Title} holds something that is not an activity: 'id' or 'type' is missing.", "Mend or remove it in the file.");
        else if (list is not JsonArray { Count: > 0 })
            found.Warn("empty-flow", node.Id, "activities", $"{node.Title} is empty, so it does nothing.", "Drag an activity from the palette onto the canvas.");
    }

    private static int Distance(string one, string other)
    {
        if (Math.Abs(one.Length - other.Length) > 3) return int.MaxValue;
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var (corner, _) = (row[0], row[0] = i);
            for (var j = 1; j <= other.Length; j++)
            {
                var cost = char.ToUpperInvariant(one[i - 1]) == char.ToUpperInvariant(other[j - 1]) ? 0 : 1;
                var best = Math.Min(Math.Min(row[j], row[j - 1]) + 1, corner + cost);
                (corner, row[j]) = (row[j], best);
            }
        }
        return row[other.Length];
    }
}
