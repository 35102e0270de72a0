using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Contract.Checks;

/// <summary>A property that names a variable, as SetVariable has it: <c>{id, name, …}</c>, sometimes wrapped, sometimes only the name.</summary>
internal static class VariableReference
{
    public static string? IdIn(JsonNode? node) => node switch
    {
        JsonObject json when json["expression"] is JsonObject expression => IdIn(expression["value"]),
        JsonObject json => NullIfEmpty(json.Text("id")) ?? NullIfEmpty(json.Text("name")),
        _ => NullIfEmpty(node.AsText()),
    };

    /// <summary>The other way round, as an Input expression names a parameter.</summary>
    public static string? NameIn(JsonNode? node) => node is JsonObject json ? NullIfEmpty(json.Text("name")) ?? NullIfEmpty(json.Text("id")) : NullIfEmpty(node.AsText());

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
