using System.Text.Json.Nodes;
using Flows.Designer.Api;

namespace Flows.Designer.Canvas;

/// <summary>How the flow's triggers stand, looked at every few seconds, and fires by hand.</summary>
public partial class FlowEditorPage
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(3);

    private ITimer? triggerClock;

    private void WatchTriggers() => triggerClock ??= Time.CreateTimer(_ => { if (!Connection.IsLost) _ = InvokeAsync(LookAtTriggersAsync); }, null, TimeSpan.Zero, BetweenLooks);

    private async Task LookAtTriggersAsync()
    {
        if (session is not { HasTriggers: true }) return;
        // What they say is beside the matter of editing: the next look may be better.
        try { session.ShowTriggers(await Api.TriggersAsync(DefinitionId, Leaving), Time.GetUtcNow()); }
        catch (Exception away) when (away is ApiProblem or OperationCanceledException) { }
    }

    private async Task FireAsync(string id, JsonNode? payload)
    {
        var isOn = session!.TriggerOf(id) is { Enabled: true };
        if (!isOn && !await saver!.SaveAsync()) return;
        var fired = await TryAsync(async () => await WatchFiredAsync(await Api.FireAsync(DefinitionId, id, payload, draft: !isOn, Leaving)));
        session.Say(!fired ? "It could not be fired" : isOn ? "Fired: a run of the published version" : "Fired: a run of this draft");
        await LookAtTriggersAsync();
    }

    // One that waits for its turn has no run yet.
    private async Task WatchFiredAsync(string runId)
    {
        try { await WatchAsync(runId); }
        catch (ApiProblem none) when (none.Status == System.Net.HttpStatusCode.NotFound) { Toasts.Info("Fired", "Its run starts when others of this trigger are over."); }
    }

    private async Task<string?> NewAddressAsync(string id)
    {
        string? url = null;
        await TryAsync(async () => url = await Api.NewWebhookAsync(DefinitionId, id, Leaving));
        await LookAtTriggersAsync();
        return url;
    }
}
