using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Flows.Contract.Alerts;

/// <summary>
/// Something that somebody, or a flow, has to look at: body of <c>POST /api/alerts</c>. It is the event <c>alert:NAME</c>, whose payload is
/// <see cref="ToPayload"/>; a flow that publishes such an event raises the same.
/// </summary>
public sealed record Alert(string Name)
{
    /// <summary>From the least to the worst.</summary>
    public static ImmutableArray<string> Severities { get; } = ["info", "warning", "error", "critical"];

    /// <summary>One of <see cref="Severities"/>.</summary>
    public string Severity { get; init; } = "warning";

    /// <summary>What it is about, such as <c>model: digits</c>; triggers choose by it.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The same however often the same thing is told: it starts a flow once. Null: each time.</summary>
    public string? Key { get; init; }

    /// <summary>For people.</summary>
    public string Message { get; init; } = "";

    /// <summary>Whatever else is known: the fields of an object stand beside the alert's own.</summary>
    public JsonNode? Payload { get; init; }

    /// <summary>What the event carries and the run gets.</summary>
    public JsonObject ToPayload()
    {
        var payload = Payload is JsonObject fields ? (JsonObject)fields.DeepClone() : Payload is null ? [] : new JsonObject { ["payload"] = Payload.DeepClone() };
        payload["alert"] = Name;
        payload["severity"] = Severity;
        payload["labels"] = new JsonObject(Labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value)));
        payload["key"] = Key;
        payload["message"] = Message;
        return payload;
    }
}
