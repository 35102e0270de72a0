using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Tests.Engine;

/// <summary>Builds small flowcharts for tests; every activity is named as its id.</summary>
public sealed class FlowBuilder(string definitionId = "flow")
{
    private readonly JsonArray _activities = [];
    private readonly JsonArray _connections = [];
    private readonly JsonArray _variables = [];
    private readonly JsonArray _inputs = [];
    private readonly JsonArray _outputs = [];
    private readonly JsonArray _outcomes = [];

    public JsonObject Options { get; } = [];

    public FlowBuilder Add(params JsonObject[] activities)
    {
        foreach (var activity in activities) _activities.Add(activity);
        return this;
    }

    public FlowBuilder Wire(string source, string target, string? port = "Done")
    {
        _connections.Add(new FlowConnection(source, port, target, "In").ToJson());
        return this;
    }

    /// <summary>Adds the activities and wires each to the next.</summary>
    public FlowBuilder Chain(params JsonObject[] activities)
    {
        Add(activities);
        for (var i = 1; i < activities.Length; i++) Wire(activities[i - 1].Text("id")!, activities[i].Text("id")!);
        return this;
    }

    public FlowBuilder Variable(string name, string typeName = "Object", string? value = null)
    {
        var variable = FlowVariable.New(name, name, typeName).Json;
        variable["value"] = value;
        _variables.Add(variable);
        return this;
    }

    public FlowBuilder Input(string name)
    {
        _inputs.Add(new JsonObject { ["name"] = name, ["type"] = "Object" });
        return this;
    }

    public FlowBuilder Output(string name)
    {
        _outputs.Add(new JsonObject { ["name"] = name, ["type"] = "Object" });
        return this;
    }

    public FlowBuilder Outcome(string name)
    {
        _outcomes.Add(name);
        return this;
    }

    public FlowDefinition Build() => new(new JsonObject
    {
        ["id"] = definitionId + "-v1",
        ["definitionId"] = definitionId,
        ["name"] = definitionId,
        ["version"] = 1,
        ["isPublished"] = true,
        ["variables"] = _variables.DeepClone(),
        ["inputs"] = _inputs.DeepClone(),
        ["outputs"] = _outputs.DeepClone(),
        ["outcomes"] = _outcomes.DeepClone(),
        ["options"] = Options.DeepClone(),
        ["root"] = Flowchart("chart", (JsonArray)_activities.DeepClone(), (JsonArray)_connections.DeepClone()),
    });

    public static JsonObject Flowchart(string id, JsonArray activities, JsonArray connections) => new()
    {
        ["id"] = id,
        ["type"] = "Elsa.Flowchart",
        ["activities"] = activities,
        ["connections"] = connections,
    };

    public static JsonObject Activity(string id, string type, params (string Name, JsonNode? Value)[] properties)
    {
        var json = new JsonObject { ["id"] = id, ["name"] = id, ["type"] = type };
        foreach (var (name, value) in properties) json[name] = value;
        return json;
    }

    public static JsonObject Line(string id, string? script = null) => Activity(id, "Elsa.WriteLine", ("text", script is null ? FlowInput.Literal("String", id) : Js("String", script)));

    public static JsonObject Job(string id) => Activity(id, "Test.Job", ("runAsynchronously", true));

    public static JsonObject Sequence(string id, params JsonObject[] activities) => Activity(id, "Elsa.Sequence", ("activities", new JsonArray([.. activities])));

    public static JsonObject Js(string typeName, string script) => FlowInput.Wrap(typeName, ExpressionTypes.JavaScript, script);

    public static JsonObject Set(string id, string variable, JsonObject value) => Activity(id, "Elsa.SetVariable", ("variable", new JsonObject { ["id"] = variable, ["name"] = variable }), ("value", value));
}
