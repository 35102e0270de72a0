using System.Text.Json.Nodes;

namespace Flows.Contract.Definitions;

/// <summary>
/// What an activity gives in runs that somebody started to look into them, instead of being carried out:
/// <c>customProperties.pinned</c>. Part of the flow, so that it is saved, undone and compared; runs that a trigger, the API or the
/// command line starts pass over it.
/// </summary>
public sealed record PinnedOutput(JsonObject Outputs, IReadOnlyList<string> Outcomes)
{
    /// <summary>Its name among the custom properties.</summary>
    public const string Property = "pinned";

    /// <summary>The run whose result it is; null when somebody wrote it.</summary>
    public string? RunId { get; init; }

    /// <summary>Null when the activity has none.</summary>
    public static PinnedOutput? Of(FlowActivity activity) => activity.CustomProperties[Property] is JsonObject pinned
        ? new PinnedOutput((JsonObject?)(pinned["outputs"] as JsonObject)?.DeepClone() ?? [], pinned.Texts("outcomes")) { RunId = pinned.Text("runId") }
        : null;

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["outputs"] = Outputs.DeepClone(), ["outcomes"] = new JsonArray([.. Outcomes.Select(outcome => JsonValue.Create(outcome))]) };
        if (RunId is not null) json["runId"] = RunId;
        return json;
    }
}
