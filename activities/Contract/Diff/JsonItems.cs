using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Contract.Diff;

/// <summary>Knows again what stands in a list: nodes and variables by id, parameters by name, cases by label, wires by their ends, words by themselves.</summary>
internal static class JsonItems
{
    /// <param name="list">Name of the property that holds the list.</param>
    /// <returns>Items in their order; null when two cannot be told apart, so that the list is one value.</returns>
    public static IReadOnlyList<KeyValuePair<string, JsonNode>>? Of(string list, JsonNode? node)
    {
        if (node is not JsonArray array) return null;
        var items = new List<KeyValuePair<string, JsonNode>>(array.Count);
        var seen = new HashSet<string>();
        foreach (var item in array)
        {
            if (item is null || KeyOf(list, item) is not { } key || !seen.Add(key)) return null;
            items.Add(new(key, item));
        }
        return items;
    }

    /// <summary>Whether an object is one value: half of one expression and half of another would be nonsense.</summary>
    public static bool IsOneValue(JsonObject json) =>
        json.ContainsKey("expression") || json.ContainsKey("memoryReference") || (json.Count <= 2 && json.ContainsKey("type") && json.ContainsKey("value"))
        || (json.ContainsKey("x") && json.ContainsKey("y") && json.Count == 2);

    private static string? KeyOf(string list, JsonNode item) => item switch
    {
        JsonObject wire when list == "connections" => FlowConnection.Read(wire) is { } c ? $"{c.Source}|{c.SourcePort ?? "Done"}|{c.Target}|{c.TargetPort}" : null,
        JsonObject json => json.Text("id") ?? json.Text("name") ?? json.Text("label"),
        JsonValue word when word.GetValueKind() == JsonValueKind.String => word.GetValue<string>(),
        _ => null,
    };
}
