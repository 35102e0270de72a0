using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Benchmarks;

/// <summary>A flow of so many nodes as people draw them: rows of chains with data wires, laid out in a grid.</summary>
internal static class BigFlow
{
    private const int Row = 40;

    public static string Of(string id, int count)
    {
        var (activities, connections, variables) = (new JsonArray(), new JsonArray(), new JsonArray());
        for (var i = 0; i < count; i++)
        {
            activities.Add(Node(i));
            variables.Add(FlowVariable.New($"wire-n{i}Train", $"n{i}Train", "Artifact").Json);
            if (i % Row > 0) connections.Add(new FlowConnection($"n{i - 1}", "Done", $"n{i}", "In").ToJson());
            else if (i > 0) connections.Add(new FlowConnection("n0", "Done", $"n{i}", "In").ToJson());
        }
        return new JsonObject
        {
            ["definitionId"] = id,
            ["name"] = $"{count} nodes",
            ["variables"] = variables,
            ["root"] = new JsonObject { ["id"] = "chart", ["type"] = "Elsa.Flowchart", ["activities"] = activities, ["connections"] = connections },
        }.ToJsonString();
    }

    private static JsonObject Node(int i) => new()
    {
        ["id"] = $"n{i}",
        ["type"] = i == 0 ? "Flows.FileSource" : "Flows.SplitRows",
        ["name"] = $"N{i}",
        ["metadata"] = new JsonObject { ["displayText"] = $"Split number {i}", ["designer"] = new JsonObject { ["position"] = new JsonObject { ["x"] = i % Row * 290, ["y"] = i / Row * 160 } } },
        [i == 0 ? "table" : "train"] = new JsonObject { ["typeName"] = "Artifact", ["memoryReference"] = new JsonObject { ["id"] = $"wire-n{i}Train" } },
        [i == 0 ? "path" : "rows"] = i == 0 ? FlowInput.Literal("String", "a.csv") : FlowInput.ReadVariable(FlowVariable.New($"wire-n{Before(i)}Train", $"n{Before(i)}Train", "Artifact")),
    };

    private static int Before(int i) => i % Row > 0 ? i - 1 : 0;
}
