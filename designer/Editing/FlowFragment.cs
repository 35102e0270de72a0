using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;

namespace Flows.Designer.Editing;

/// <summary>A part of a flow as JSON for the clipboard: nodes, the wires between them and the variables those use. Pasting renames.</summary>
public static class FlowFragment
{
    /// <summary>Property that says of which flow it is: its files are there.</summary>
    public const string Origin = "definitionId";

    public static JsonObject Copy(FlowDraft draft, IReadOnlyCollection<string> ids)
    {
        var chosen = ids.Select(draft.Find).OfType<FlowActivity>().ToList();
        var inside = chosen.Select(activity => activity.Id).ToHashSet();
        var written = chosen.SelectMany(DataWires.Writes).Select(write => write.Variable).ToHashSet();
        var chart = chosen.Count == 0 ? null : draft.Index.ParentOf(chosen[0].Id);
        return new JsonObject
        {
            ["type"] = "Flows.Fragment",
            [Origin] = draft.Flow.DefinitionId,
            ["activities"] = new JsonArray([.. chosen.Select(activity => activity.Json.DeepClone())]),
            ["connections"] = new JsonArray([.. (chart?.Connections ?? []).Where(c => inside.Contains(c.Source) && inside.Contains(c.Target)).Select(c => c.ToJson())]),
            ["variables"] = new JsonArray([.. DataWires.Variables(draft).Where(v => written.Contains(v.Id)).Select(v => v.Json.DeepClone())]),
        };
    }

    public static string Text(JsonObject fragment) => fragment.ToJsonString(ContractJson.Indented);

    /// <summary>A fragment or the root of a whole flow on the clipboard; null when the text is something else.</summary>
    public static JsonObject? Read(string text)
    {
        try
        {
            var json = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = ContractJson.MaxDepth }) as JsonObject;
            if (json?["root"] is JsonObject root && new FlowActivity(root).IsFlowchart) return Whole(json, root);
            return json?["activities"] is JsonArray || json?["notes"] is JsonArray ? json : null;
        }
        catch (Exception broken) when (broken is JsonException or ArgumentException) { return null; }
    }

    internal static FlowEdit AsEdits(FlowEdit.Paste paste, FlowDraft draft)
    {
        var ids = new Dictionary<string, string>();
        var nodes = paste.Fragment.Objects("activities").Select(json => new FlowActivity(json)).ToList();
        foreach (var inner in nodes.SelectMany(node => node.SelfAndDescendants()))
            ids[inner.Id] = draft.Index.FreshId(inner.Type);

        var variables = RenamedVariables(paste.Fragment, draft, ids);
        var edits = new List<FlowEdit>();
        edits.AddRange(variables.Values.Select(variable => new FlowEdit.AddVariable(variable)));
        edits.AddRange(nodes.Select(node => new FlowEdit.AddNode(paste.Flowchart, Renamed(node, ids, variables, draft, (paste.Dx, paste.Dy)))));
        edits.AddRange(from json in paste.Fragment.Objects("connections")
                       let wire = FlowConnection.Read(json)
                       where wire is not null && ids.ContainsKey(wire.Source) && ids.ContainsKey(wire.Target)
                       select new FlowEdit.Connect(ids[wire.Source], wire.SourcePort, ids[wire.Target]));
        edits.AddRange(FragmentBoards.Edits(paste, draft, ids));
        return new FlowEdit.Composite("Pasted", edits);
    }

    private static JsonObject Whole(JsonObject flow, JsonObject root) => new()
    {
        ["type"] = "Flows.Fragment",
        [Origin] = flow[Origin]?.DeepClone(),
        ["activities"] = root["activities"]?.DeepClone(),
        ["connections"] = root["connections"]?.DeepClone(),
        ["variables"] = flow["variables"]?.DeepClone(),
        ["notes"] = (root["customProperties"] as JsonObject)?["notes"]?.DeepClone(),
        ["groups"] = (root["customProperties"] as JsonObject)?["groups"]?.DeepClone(),
    };

    // A pasted node that writes the old variable would change what the original's readers get.
    private static Dictionary<string, JsonObject> RenamedVariables(JsonObject fragment, FlowDraft draft, Dictionary<string, string> ids)
    {
        var taken = DataWires.Variables(draft).SelectMany(v => new[] { v.Name, v.Id }).ToHashSet();
        var renamed = new Dictionary<string, JsonObject>();
        foreach (var variable in fragment.Objects("variables").Select(json => new FlowVariable(json)))
        {
            var (name, number) = (variable.Name, 1);
            while (!taken.Add(name)) name = variable.Name + ++number;
            var copy = (JsonObject)variable.Json.DeepClone();
            copy["name"] = name;
            copy["id"] = variable.Id.StartsWith("wire-", StringComparison.Ordinal) ? "wire-" + name : name;
            renamed[variable.Id] = copy;
        }
        return renamed;
    }

    private static JsonObject Renamed(FlowActivity node, Dictionary<string, string> ids, Dictionary<string, JsonObject> variables, FlowDraft draft, (double X, double Y) by)
    {
        var copy = new FlowActivity((JsonObject)node.Json.DeepClone());
        var (x, y) = copy.Position ?? (0, 0);
        foreach (var inner in copy.SelfAndDescendants().ToList()) Rename(inner, ids, variables, draft);
        var metadata = copy.Json["metadata"] as JsonObject ?? [];
        copy.Json["metadata"] = metadata.Parent is null ? metadata : metadata.DeepClone();
        var designer = copy.Json["metadata"]!["designer"] as JsonObject ?? [];
        designer["position"] = new JsonObject { ["x"] = x + by.X, ["y"] = y + by.Y };
        if (designer.Parent is null) copy.Json["metadata"]!["designer"] = designer;
        return copy.Json;
    }

    private static void Rename(FlowActivity activity, Dictionary<string, string> ids, Dictionary<string, JsonObject> variables, FlowDraft draft)
    {
        foreach (var wire in activity.Json.Objects("connections").ToList()) RenameEnds(wire, ids);
        foreach (var (output, variable) in DataWires.Writes(activity).ToList())
            if (variables.TryGetValue(variable, out var fresh)) activity.Json[output]!["memoryReference"]!["id"] = fresh.Text("id");
        foreach (var (input, variable) in DataWires.Reads(activity).ToList())
        {
            if (variables.TryGetValue(variable, out var fresh)) activity.Json[input] = FlowInput.ReadVariable(new FlowVariable(fresh));
            else if (DataWires.Variables(draft).All(v => v.Id != variable && v.Name != variable)) activity.Json.Remove(input);
        }
        if (!ids.TryGetValue(activity.Id, out var id)) return;
        activity.Json["id"] = id;
        activity.Json.Remove("nodeId");
        if (activity.Json.ContainsKey("name")) activity.Json["name"] = char.ToUpperInvariant(id[0]) + id[1..];
    }

    private static void RenameEnds(JsonObject wire, Dictionary<string, string> ids)
    {
        foreach (var end in (string[])["source", "target"])
        {
            if (wire[end] is JsonObject inner && ids.TryGetValue(inner.Text("activity") ?? "", out var id)) inner["activity"] = id;
            else if (ids.TryGetValue(wire.Text(end) ?? "", out var bare)) wire[end] = bare;
        }
    }
}
