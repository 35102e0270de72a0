using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Triggers;

namespace Flows.Designer.Api;

public sealed partial class FlowsApi
{
    /// <param name="definitionId">Only those of one flow; null: all.</param>
    public Task<IReadOnlyList<TriggerRecord>> TriggersAsync(string? definitionId = null, CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<TriggerRecord>>("api/triggers" + (definitionId is null ? "" : $"?definitionId={Escape(definitionId)}"), cancellation);

    /// <summary>Fires a trigger by hand: the published one, or as a try the newest draft's. The run's id.</summary>
    public async Task<string> FireAsync(string definitionId, string activityId, JsonNode? payload, bool draft, CancellationToken cancellation = default)
    {
        var path = $"api/triggers/{Escape(definitionId)}/{Escape(activityId)}/fire" + (draft ? "?draft=true" : "");
        return (await PostAsync<JsonObject>(path, new FireRequest(payload), cancellation)).Text("runId") ?? "";
    }

    /// <summary>What fired it, the newest first.</summary>
    public Task<IReadOnlyList<FireRecord>> FiresAsync(string definitionId, string activityId, CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<FireRecord>>($"api/triggers/{Escape(definitionId)}/{Escape(activityId)}/fires", cancellation);

    /// <summary>A new address for a webhook, told this once.</summary>
    public async Task<string> NewWebhookAsync(string definitionId, string activityId, CancellationToken cancellation = default) =>
        (await PostAsync<WebhookAddress>($"api/triggers/{Escape(definitionId)}/{Escape(activityId)}/token", null, cancellation)).Url;
}
