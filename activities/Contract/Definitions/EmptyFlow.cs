using System.Text.Json.Nodes;

namespace Flows.Contract.Definitions;

/// <summary>Where every drawn flow begins.</summary>
public static class EmptyFlow
{
    /// <summary>A flowchart without activities.</summary>
    public static JsonObject Flowchart(string id) => new()
    {
        ["id"] = id,
        ["type"] = "Elsa.Flowchart",
        ["version"] = 1,
        ["customProperties"] = new JsonObject(),
        ["metadata"] = new JsonObject(),
        ["activities"] = new JsonArray(),
        ["variables"] = new JsonArray(),
        ["connections"] = new JsonArray(),
    };

    /// <summary>The first version of a new flow, with an empty flowchart as its root.</summary>
    public static FlowDefinition Named(string definitionId, string name) => new(new JsonObject
    {
        ["id"] = $"{definitionId}-1",
        ["definitionId"] = definitionId,
        ["name"] = name,
        ["description"] = "",
        ["version"] = 1,
        ["variables"] = new JsonArray(),
        ["inputs"] = new JsonArray(),
        ["outputs"] = new JsonArray(),
        ["outcomes"] = new JsonArray(),
        ["customProperties"] = new JsonObject(),
        ["options"] = new JsonObject(),
        ["root"] = Flowchart("flowchart"),
    });
}
