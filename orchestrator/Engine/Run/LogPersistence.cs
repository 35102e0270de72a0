using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Engine.Run;

/// <summary>
/// Which values of a step its record shows: <c>customProperties.logPersistenceMode</c> as
/// <c>{default, inputs: {name: mode}, outputs: {name: mode}}</c> or one mode for all; modes Include, Exclude, Inherit.
/// What an activity inherits is the definition's default.
/// </summary>
internal static class LogPersistence
{
    public static JsonObject? Keep(FlowDefinition flow, FlowActivity activity, JsonObject? values, string side)
    {
        var inherited = ModeOf(flow.CustomProperties);
        var mode = ModeOf(activity.CustomProperties);
        if (values is null || (mode is null && inherited is null)) return (JsonObject?)values?.DeepClone();
        var kept = new JsonObject();
        foreach (var (name, value) in values)
        {
            if (IsKept([(mode as JsonObject)?[side]?[name], Default(mode), Default(inherited)])) kept[name] = value?.DeepClone();
        }
        return kept;
    }

    private static JsonNode? ModeOf(JsonObject properties) => properties["logPersistenceMode"] ?? properties["logPersistenceConfig"];

    private static JsonNode? Default(JsonNode? mode) => mode is JsonObject rules ? rules["default"] : mode;

    // The first that says anything decides; silence keeps the value.
    private static bool IsKept(IEnumerable<JsonNode?> modes) => !Excludes(modes.FirstOrDefault(mode => mode is not null && !Says(mode, "Inherit")));

    private static bool Excludes(JsonNode? mode) => Says(mode, "Exclude");

    // A mode is a word, or an object that carries the word.
    private static bool Says(JsonNode? mode, string word) => mode is JsonObject wrapped
        ? Says(wrapped["evaluationMode"] ?? wrapped["value"], word)
        : string.Equals(mode.AsText(), word, StringComparison.OrdinalIgnoreCase);
}
