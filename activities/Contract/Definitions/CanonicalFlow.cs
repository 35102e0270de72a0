using System.Text.Json.Nodes;

namespace Flows.Contract.Definitions;

/// <summary>Today's form of what older Elsa versions wrote: connections with ends as objects, collections without a wrapper.</summary>
public static class CanonicalFlow
{
    /// <summary>A copy in today's form; everything else stays as it is.</summary>
    public static FlowDefinition Of(FlowDefinition flow) => new((JsonObject)Copy(flow.Json, "")!);

    private static JsonNode? Copy(JsonNode? node, string name) => JsonReading.Unwrap(node) switch
    {
        JsonObject json => CopyObject(json),
        JsonArray list when name == "connections" => new JsonArray([.. list.Select(CopyConnection)]),
        JsonArray list => new JsonArray([.. list.Select(item => Copy(item, ""))]),
        var scalar => scalar?.DeepClone(),
    };

    private static JsonObject CopyObject(JsonObject json)
    {
        var copy = new JsonObject();
        foreach (var (name, value) in json) copy[name] = Copy(value, name);
        return copy;
    }

    private static JsonNode? CopyConnection(JsonNode? node)
    {
        if (node is not JsonObject json || json["source"] is JsonObject || FlowConnection.Read(json) is not { } connection) return node?.DeepClone();
        var today = connection.ToJson();
        foreach (var (name, value) in json)
        {
            if (name is not ("source" or "sourcePort" or "target" or "targetPort")) today[name] = value?.DeepClone();
        }
        return today;
    }
}
