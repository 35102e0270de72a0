using System.Text.Json.Nodes;

namespace Flows.Contract.Definitions;

/// <summary>What a flow says of the library that it came from: <c>customProperties.library</c>.</summary>
/// <param name="Id">The flow on offer; of one that it brought along <c>ID/definition id on offer</c>.</param>
public sealed record LibraryMark(string Id, int Version)
{
    private const string Property = "library";

    // What the store knows of each version, and nobody edits.
    private static readonly string[] Facts = ["id", "version", "isLatest", "isPublished", "createdAt"];

    public static LibraryMark? Of(FlowDefinition flow) =>
        flow.CustomProperties[Property] is JsonObject mark && mark.Text("id") is { Length: > 0 } id ? new LibraryMark(id, mark.Int("version") ?? 1) : null;

    /// <summary>The flow without what the store knows of its version.</summary>
    public static FlowDefinition Bare(FlowDefinition flow)
    {
        var bare = flow.Clone();
        foreach (var fact in Facts) bare.Json.Remove(fact);
        return bare;
    }

    public void Put(FlowDefinition flow)
    {
        if (flow.Json["customProperties"] is not JsonObject properties) flow.Json["customProperties"] = properties = [];
        properties[Property] = new JsonObject { ["id"] = Id, ["version"] = Version };
    }
}
