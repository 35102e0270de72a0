using System.Text.Json.Nodes;

namespace Flows.Contract.Definitions;

/// <summary>
/// A control wire of a flowchart. A missing source port means the default outcome and is null here;
/// Elsa's legacy form (<c>source</c> as a bare id, <c>sourcePort</c>) reads the same.
/// </summary>
public sealed record FlowConnection(string Source, string? SourcePort, string Target, string TargetPort)
{
    public static FlowConnection? Read(JsonObject json)
    {
        var (source, sourcePort) = End(json, "source");
        var (target, targetPort) = End(json, "target");
        return source is null || target is null ? null : new FlowConnection(source, sourcePort, target, targetPort ?? "In");
    }

    public JsonObject ToJson()
    {
        var source = new JsonObject { ["activity"] = Source };
        if (SourcePort is not null) source["port"] = SourcePort;
        return new JsonObject
        {
            ["source"] = source,
            ["target"] = new JsonObject { ["activity"] = Target, ["port"] = TargetPort },
            ["vertices"] = new JsonArray(),
        };
    }

    private static (string? Id, string? Port) End(JsonObject json, string name) => json[name] is JsonObject end
        ? (end.Text("activity"), NullIfEmpty(end.Text("port")))
        : (json.Text(name), NullIfEmpty(json.Text(name + "Port")));

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
