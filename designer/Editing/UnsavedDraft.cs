using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Designer.Api;

namespace Flows.Designer.Editing;

/// <summary>A draft that is not saved, with what the server had when the two were last the same.</summary>
public sealed record UnsavedDraft(string Before, string? ETag, string Draft)
{
    /// <summary>The flow as the draft began; null when that cannot be read.</summary>
    public LoadedFlow? Loaded => Json(Before) is { } before ? new LoadedFlow(new FlowDefinition(before), ETag) { Text = Before } : null;

    /// <summary>What was done since, as one edit.</summary>
    public FlowEdit? Edit => Json(Draft) is { } draft ? new FlowEdit.Replace(draft, "Brought back what was not saved yet") : null;

    private static JsonObject? Json(string text)
    {
        try { return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = ContractJson.MaxDepth }) as JsonObject; }
        catch (JsonException) { return null; }
    }
}
