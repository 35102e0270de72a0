using System.Text.Json;
using Flows.Contract;
using Microsoft.JSInterop;

namespace Flows.Designer.Canvas.FirstFlow;

/// <summary>Keeps the guide's state in this browser: it is a person's, no part of a flow.</summary>
public sealed class GuideMemory(IJSRuntime js)
{
    private const string Key = "flows-first-flow";

    /// <summary>Null for somebody who never saw it.</summary>
    public async Task<GuideState?> RecallAsync()
    {
        var module = await js.InvokeAsync<IJSObjectReference>("import", "./js/page.js");
        try { return await module.InvokeAsync<string?>("recall", Key) is { } text ? JsonSerializer.Deserialize<GuideState>(text, ContractJson.Options) : null; }
        catch (JsonException) { return null; }
    }

    public async Task KeepAsync(GuideState state)
    {
        var module = await js.InvokeAsync<IJSObjectReference>("import", "./js/page.js");
        await module.InvokeVoidAsync("remember", Key, JsonSerializer.Serialize(state, ContractJson.Options));
    }
}
