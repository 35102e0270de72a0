using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Contract.Diff;

/// <summary>Which properties of an activity write variables and which read them.</summary>
internal static class VariableUse
{
    public static IEnumerable<(string Output, string Variable)> Writes(FlowActivity activity) =>
        from property in activity.Json
        let variable = Written(property.Value)
        where variable is not null
        select (property.Key, variable);

    public static IEnumerable<(string Input, string Variable)> Reads(FlowActivity activity) =>
        from property in activity.Json
        let variable = Read(property.Value)
        where variable is not null
        select (property.Key, variable);

    public static string? Written(JsonNode? value) =>
        value is JsonObject output && output["expression"] is null && output["memoryReference"] is JsonObject reference ? reference.Text("id") : null;

    public static string? Read(JsonNode? value) => value is JsonObject input && input["expression"] is JsonObject ? FlowInput.Read(input)?.VariableId : null;

    /// <summary>Whether a property is one end of a data wire and nothing else.</summary>
    public static bool IsEnd(JsonNode? value) => Written(value) is not null || Read(value) is not null;
}
