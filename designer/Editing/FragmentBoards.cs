using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Designer.Editing;

/// <summary>Notes and groups of a pasted fragment: new ids, beside those that are there.</summary>
internal static class FragmentBoards
{
    public static IEnumerable<FlowEdit> Edits(FlowEdit.Paste paste, FlowDraft draft, IReadOnlyDictionary<string, string> ids)
    {
        if (draft.Find(paste.Flowchart) is not { } chart) yield break;
        var notes = paste.Fragment.Objects("notes").Select(json => Moved(json, paste.Dx, paste.Dy)).ToList();
        if (notes.Count > 0) yield return Added(chart, "notes", "note", notes);
        var groups = paste.Fragment.Objects("groups").Select(json => Regrouped(json, ids)).Where(group => group.Texts("nodes").Count > 0).ToList();
        if (groups.Count > 0) yield return Added(chart, "groups", "group", groups);
    }

    private static FlowEdit.SetProperty Added(FlowActivity chart, string list, string stem, List<JsonObject> fresh)
    {
        var there = chart.CustomProperties.Objects(list).ToList();
        var taken = there.Select(json => json.Text("id")).ToHashSet();
        var number = 1;
        foreach (var json in fresh)
        {
            while (!taken.Add(stem + number)) number++;
            json["id"] = stem + number;
        }
        return new FlowEdit.SetProperty(chart.Id, ["customProperties", list], new JsonArray([.. there.Select(json => json.DeepClone()), .. fresh]));
    }

    private static JsonObject Moved(JsonObject note, double dx, double dy)
    {
        var copy = (JsonObject)note.DeepClone();
        (copy["x"], copy["y"]) = ((note.Number("x") ?? 0) + dx, (note.Number("y") ?? 0) + dy);
        return copy;
    }

    private static JsonObject Regrouped(JsonObject group, IReadOnlyDictionary<string, string> ids)
    {
        var copy = (JsonObject)group.DeepClone();
        copy["nodes"] = new JsonArray([.. group.Texts("nodes").Where(ids.ContainsKey).Select(id => (JsonNode)ids[id])]);
        return copy;
    }
}
