using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Engine.Run;

/// <summary>
/// Which values of a step its record shows: <c>customProperties.logPersistenceMode</c> as
/// <c>{default, inputs: {name: mode}, outputs: {name: mode}}</c> or one mode for all; modes Include, Exclude, Inherit.
/// </summary>
internal static class LogPersistence
{
    public static JsonObject? Keep(FlowActivity activity, JsonObject? values, string side)
    {
        var mode = activity.CustomProperties["logPersistenceMode"] ?? activity.CustomProperties["logPersistenceConfig"];
        if (values is null || mode is null) return (JsonObject?)values?.DeepClone();
        var kept = new JsonObject();
        foreach (var (name, value) in values)
        {
            if (IsKept(mode, side, name)) kept[name] = value?.DeepClone();
        }
        return kept;
    }

    private static bool IsKept(JsonNode mode, string side, string name)
    {
        if (mode is not JsonObject rules) return !Excludes(mode);
        var own = (rules[side] as JsonObject)?[name];
        return own is null || Says(own, "Inherit") ? !Excludes(rules["default"]) : !Excludes(own);
    }

    private static bool Excludes(JsonNode? mode) => Says(mode, "Exclude");

    // A mode is a word, or an object that carries the word.
    private static bool Says(JsonNode? mode, string word) => mode is JsonObject wrapped
        ? Says(wrapped["evaluationMode"] ?? wrapped["value"], word)
        : string.Equals(mode.AsText(), word, StringComparison.OrdinalIgnoreCase);
}
