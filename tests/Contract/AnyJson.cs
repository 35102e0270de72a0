using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Flows.Tests.Contract;

/// <summary>Arbitrary JSON that likes the words of flow files, so that readers and checks meet every shape in every place.</summary>
internal static class AnyJson
{
    private static readonly string[] Words =
    [
        "id", "type", "name", "root", "activities", "connections", "variables", "source", "target", "activity", "port", "expression", "value", "typeName",
        "memoryReference", "cases", "label", "condition", "body", "then", "metadata", "designer", "position", "customProperties", "ports", "inputs", "outputs",
        "branches", "mode", "_type", "items", "variable", "text", "x", "cronExpression", "script", "mergeMode", "outcomes", "workflowDefinitionId",
    ];

    private static readonly string[] Texts =
    [
        "", "a", "b", "c", "Elsa.Flowchart", "Elsa.FlowDecision", "Elsa.FlowSwitch", "Elsa.FlowFork", "Elsa.FlowJoin", "Elsa.WriteLine", "Elsa.SetVariable",
        "Elsa.ForEach", "Elsa.Sequence", "Elsa.Cron", "Elsa.RunJavaScript", "Nothing", "Done", "True", "Literal", "Variable", "JavaScript", "CSharp", "[\"a\"]", "WaitAll", "é\n\"",
    ];

    public static Arbitrary<string> Definitions() => Gen.Sized(size => Object(Math.Min(size, 12))).Select(json =>
    {
        if (json["root"] is not JsonObject) json["root"] = new JsonObject { ["id"] = "r" };
        if (json["root"]!["type"]?.GetValueKind() != System.Text.Json.JsonValueKind.String) json["root"]!["type"] = "Elsa.Flowchart";
        return json.ToJsonString();
    }).ToArbitrary();

    private static Gen<JsonNode?> Node(int size) => size <= 0
        ? Scalar()
        : Gen.OneOf(Scalar(), Scalar(), Object(size).Select(json => (JsonNode?)json), Array(size).Select(json => (JsonNode?)json), Object(size).Select(json => (JsonNode?)json));

    private static Gen<JsonObject> Object(int size) =>
        Gen.Elements(Words).Zip(Node(size / 2)).ListOf().Resize(6).Select(pairs =>
        {
            var json = new JsonObject();
            foreach (var (name, value) in pairs) json[name] = value?.DeepClone();
            return json;
        });

    private static Gen<JsonArray> Array(int size) =>
        Node(size / 2).ListOf().Resize(4).Select(items => new JsonArray([.. items.Select(item => item?.DeepClone())]));

    private static Gen<JsonNode?> Scalar() => Gen.OneOf(
        Gen.Elements(Texts).Select(text => (JsonNode?)JsonValue.Create(text)),
        Gen.Elements(0, 1, -5, int.MaxValue).Select(number => (JsonNode?)JsonValue.Create(number)),
        Gen.Elements(0.5, 1e300).Select(number => (JsonNode?)JsonValue.Create(number)),
        Gen.Elements(true, false).Select(flag => (JsonNode?)JsonValue.Create(flag)),
        Gen.Constant((JsonNode?)null));
}
