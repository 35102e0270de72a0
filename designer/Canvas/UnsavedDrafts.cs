using System.Text.Json;
using Flows.Contract;
using Flows.Designer.Editing;
using Microsoft.JSInterop;

namespace Flows.Designer.Canvas;

/// <summary>
/// What a draft has and the server does not, when the page goes: a reload in the middle of an edit, a closed tab, a server that does not answer.
/// It is kept in this browser and comes back when the flow is opened there again, merged like what somebody else did meanwhile.
/// </summary>
/// <param name="who">Whose draft it is: nobody else who signs in at this browser gets it.</param>
public sealed class UnsavedDrafts(IJSRuntime js, DraftSaver saver, string who) : IAsyncDisposable
{
    // Each tab has a key of its own: two that go together keep both.
    private readonly string _key = Prefix(who, saver.DefinitionId) + Guid.NewGuid().ToString("n");
    private DotNetObjectReference<UnsavedDrafts>? _self;
    private IJSObjectReference? _guard;
    private bool _isLetGo;

    /// <summary>What was kept of a flow, and is so no longer; null when nothing was.</summary>
    public static async Task<UnsavedDraft?> TakeAsync(IJSRuntime js, string who, string definitionId)
    {
        var module = await js.InvokeAsync<IJSObjectReference>("import", "./js/unsaved.js");
        if (await module.InvokeAsync<string?>("take", Prefix(who, definitionId)) is not { } text) return null;
        try { return JsonSerializer.Deserialize<UnsavedDraft>(text, ContractJson.Options); }
        catch (JsonException) { return null; }
    }

    /// <summary>From now on the browser asks <see cref="InHand"/> before it leaves the page.</summary>
    public async Task GuardAsync()
    {
        var module = await js.InvokeAsync<IJSObjectReference>("import", "./js/unsaved.js");
        _self = DotNetObjectReference.Create(this);
        _guard = await module.InvokeAsync<IJSObjectReference>("guard", _self);
    }

    /// <summary>A person decided that it goes.</summary>
    public void LetGo() => _isLetGo = true;

    [JSInvokable]
    public KeptText? InHand() => !_isLetGo && saver.Unsaved is { } unsaved ? new KeptText(_key, JsonSerializer.Serialize(unsaved, ContractJson.Options)) : null;

    /// <summary>The editor goes and the browser stays: saves, and keeps what cannot be saved.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_isLetGo && !await saver.SaveAsync() && InHand() is { } kept && _guard is not null) await _guard.InvokeVoidAsync("keep", kept);
        saver.Dispose();
        if (_guard is not null) await _guard.InvokeVoidAsync("dispose");
        _self?.Dispose();
    }

    private static string Prefix(string who, string definitionId) => $"flows-unsaved/{Uri.EscapeDataString(who)}/{Uri.EscapeDataString(definitionId)}/";
}

/// <summary>A text and where the browser keeps it.</summary>
public sealed record KeptText(string Key, string Text);
