using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Contract.Diff;

/// <summary>A place in a definition: the innermost node around it and the way from there.</summary>
/// <param name="Node">Id; null outside every node.</param>
/// <param name="List">Name of the property that a list's items stand in.</param>
internal sealed record FlowPlace(string? Node, string Path, string List)
{
    // What saving stamps on a version; never anybody's edit.
    private static readonly HashSet<string> Stamps = ["$schema", "id", "version", "createdAt", "updatedAt", "toolVersion", "isLatest", "isPublished", "nodeId"];

    public static FlowPlace Top { get; } = new(null, "", "");

    public bool IsStamp => Node is null && Stamps.Contains(Path);

    public bool IsPosition => Node is not null && Path == "metadata.designer.position";

    public FlowPlace Property(string name, JsonNode? value) =>
        value is JsonObject json && FlowActivity.IsActivity(json) ? Inside(json) : this with { Path = Joined(name), List = name is "items" or "values" ? List : name };

    public FlowPlace Item(string key, JsonNode? value) =>
        value is JsonObject json && FlowActivity.IsActivity(json) ? Inside(json) : this with { Path = Joined(key) };

    private static FlowPlace Inside(JsonObject activity) => new(activity.Text("id"), "", "");

    private string Joined(string name) => Path.Length == 0 ? name : $"{Path}.{name}";
}
