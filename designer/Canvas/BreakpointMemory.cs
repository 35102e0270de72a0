using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Runs;
using Microsoft.JSInterop;

namespace Flows.Designer.Canvas;

/// <summary>Breakpoints of every flow, kept in this browser: they are what one person looks for, no part of a flow.</summary>
public sealed class BreakpointMemory(IJSRuntime js)
{
    private const string Key = "flows-breakpoints";
    private Dictionary<string, string[]> _known = [];

    /// <summary>Of all flows, so that a run stops in those too that its flow uses; of one as its editor has them, since what was just set may not be kept yet.</summary>
    public IReadOnlyList<Breakpoint> With(string definitionId, IEnumerable<string> activities) =>
    [
        .. _known.Where(flow => flow.Key != definitionId).SelectMany(flow => flow.Value.Select(activity => new Breakpoint(activity, flow.Key))),
        .. activities.Select(activity => new Breakpoint(activity, definitionId)),
    ];

    public async Task<IReadOnlyList<string>> OfAsync(string definitionId)
    {
        var module = await js.InvokeAsync<IJSObjectReference>("import", "./js/page.js");
        try { _known = JsonSerializer.Deserialize<Dictionary<string, string[]>>(await module.InvokeAsync<string?>("recall", Key) ?? "{}", ContractJson.Options) ?? []; }
        catch (JsonException) { _known = []; }
        return _known.GetValueOrDefault(definitionId) ?? [];
    }

    /// <summary>Another tab may have changed another flow's meanwhile.</summary>
    public async Task KeepAsync(string definitionId, IEnumerable<string> activities)
    {
        await OfAsync(definitionId);
        _known.Remove(definitionId);
        if (activities.ToArray() is { Length: > 0 } some) _known[definitionId] = some;
        var module = await js.InvokeAsync<IJSObjectReference>("import", "./js/page.js");
        await module.InvokeVoidAsync("remember", Key, JsonSerializer.Serialize(_known, ContractJson.Options));
    }
}
