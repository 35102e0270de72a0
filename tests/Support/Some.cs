using System.Text.Json.Nodes;
using Flows.Contract;

namespace Flows.Tests.Support;

/// <summary>Small flows for tests.</summary>
public static class Some
{
    /// <summary>A flowchart whose activities follow each other in the given order.</summary>
    public static string Chain(string id, params JsonObject[] activities) => new JsonObject
    {
        ["definitionId"] = id,
        ["name"] = id,
        ["root"] = new JsonObject
        {
            ["id"] = "chart",
            ["type"] = "Elsa.Flowchart",
            ["activities"] = new JsonArray([.. activities]),
            ["connections"] = new JsonArray([.. activities.Zip(activities.Skip(1), (from, to) => new JsonObject
            {
                ["source"] = new JsonObject { ["activity"] = (string)from["id"]!, ["port"] = "Done" },
                ["target"] = new JsonObject { ["activity"] = (string)to["id"]!, ["port"] = "In" },
            })]),
        },
    }.ToJsonString(ContractJson.Options);

    /// <summary>The flow with a variable, for an output that another activity reads.</summary>
    public static string WithVariable(this string flow, string id)
    {
        var json = JsonNode.Parse(flow)!;
        json["variables"] = new JsonArray(new JsonObject { ["id"] = id, ["name"] = id, ["typeName"] = "Object", ["isArray"] = false });
        return json.ToJsonString(ContractJson.Options);
    }

    public static string WithVariables(this string flow, params string[] ids)
    {
        var json = JsonNode.Parse(flow)!;
        json["variables"] = new JsonArray([.. ids.Select(id => new JsonObject { ["id"] = id, ["name"] = id, ["typeName"] = "Object", ["isArray"] = false })]);
        return json.ToJsonString(ContractJson.Options);
    }

    public static string WithInput(this string flow, string name)
    {
        var json = JsonNode.Parse(flow)!;
        json["inputs"] = new JsonArray(new JsonObject { ["name"] = name, ["type"] = "String" });
        return json.ToJsonString(ContractJson.Options);
    }

    public static JsonObject Line(string id, string text) => Activity(id, "Elsa.WriteLine", ("text", Text(text)));

    public static JsonObject Delay(string id, double seconds) =>
        Activity(id, "Elsa.Delay", ("timeSpan", Text(TimeSpan.FromSeconds(seconds).ToString("c"))));

    public static JsonObject Activity(string id, string type, params (string Name, JsonNode Value)[] properties)
    {
        var activity = new JsonObject { ["id"] = id, ["type"] = type, ["name"] = id };
        foreach (var (name, value) in properties) activity[name] = value;
        return activity;
    }

    public static JsonObject Text(string text) => new()
    {
        ["typeName"] = "String",
        ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = text },
    };

    public static JsonObject Number(int number) => new()
    {
        ["typeName"] = "Int32",
        ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = number.ToString(System.Globalization.CultureInfo.InvariantCulture) },
    };

    /// <summary>A loop that does its body so many times.</summary>
    public static JsonObject Loop(string id, int times, JsonObject body) => Activity(id, "Elsa.For", ("start", Number(1)), ("end", Number(times)), ("body", body));
}
