using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Runs;

namespace Flows.Hub.Runs;

/// <summary>Live news say what happened, not everything that was carried: a large value is named by its size, and whole in the record.</summary>
internal static class LargeValues
{
    /// <summary>Longest value, as JSON text, that goes out whole: 8,192 characters.</summary>
    private const int Longest = 8 * 1024;

    public static StepRecord Cut(StepRecord step) => step with { Inputs = Cut(step.Inputs), Outputs = Cut(step.Outputs) };

    private static JsonObject? Cut(JsonObject? values)
    {
        if (values is null) return null;
        var texts = values.Select(pair => (pair.Key, Text: pair.Value?.ToJsonString(ContractJson.Options))).ToList();
        return new JsonObject(texts.Select(pair => KeyValuePair.Create(pair.Key, Shown(pair.Text))));
    }

    private static JsonNode? Shown(string? text) => text switch
    {
        null => null,
        { Length: <= Longest } => JsonNode.Parse(text),
        _ => JsonValue.Create($"{text[..256]}… ({text.Length} characters; the run's record has all of them)"),
    };
}
