using System.Text.Json.Nodes;

namespace Flows.Contract.Definitions;

/// <summary>A variable of a flow or container. An output bound to it and an input reading it are a data wire.</summary>
public sealed class FlowVariable(JsonObject json)
{
    public JsonObject Json { get; } = json;

    public string Id => Json.Text("id") ?? Name;

    public string Name => Json.Text("name") ?? "";

    /// <summary>Type alias: <c>String, Int32, Object, Artifact, …</c>.</summary>
    public string TypeName => Json.Text("typeName") ?? "Object";

    /// <summary>Initial value as Elsa writes it: text, JSON text for arrays and objects.</summary>
    public string? Value => Json["value"].AsText();

    public static FlowVariable New(string id, string name, string typeName) => new(new JsonObject
    {
        ["id"] = id,
        ["name"] = name,
        ["typeName"] = typeName,
        ["isArray"] = false,
        ["value"] = null,
        ["storageDriverTypeName"] = "WorkflowInstanceStorageDriver",
    });
}

/// <summary>An input or output of the whole flow.</summary>
public sealed class FlowParameter(JsonObject json)
{
    public JsonObject Json { get; } = json;

    public string Name => Json.Text("name") ?? "";

    public string Type => Json.Text("type") ?? "Object";

    public string DisplayName => Json.Text("displayName") is { Length: > 0 } text ? text : Name;

    public string Description => Json.Text("description") ?? "";
}
