using System.Collections.Concurrent;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Triggers;

/// <summary>Requests to HTTP endpoints that started runs, shown at their triggers: written once a second, so that no request waits for what is only shown.</summary>
public sealed class RequestFires(RunStore store, TimeProvider time, ILogger<RequestFires> log) : BackgroundService
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<TriggerKey, Noted> _noted = [];

    public void Note(TriggerKey trigger, string runId) =>
        _noted.AddOrUpdate(trigger, _ => new Noted(1, time.GetUtcNow(), runId), (_, before) => new Noted(before.Count + 1, time.GetUtcNow(), runId));

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        using var tick = new PeriodicTimer(Often, time);
        try
        {
            while (await tick.WaitForNextTickAsync(stopping)) await WriteAsync();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { await WriteAsync(); }
    }

    private async Task WriteAsync()
    {
        foreach (var trigger in _noted.Keys)
        {
            if (!_noted.TryRemove(trigger, out var noted)) continue;
            try
            {
                await store.WriteAsync(db => db.Set<TriggerStateRow>().Where(row => row.DefinitionId == trigger.DefinitionId && row.ActivityId == trigger.ActivityId).ExecuteUpdate(set => set
                    .SetProperty(row => row.Fires, row => row.Fires + noted.Count)
                    .SetProperty(row => row.LastFiredAt, noted.At).SetProperty(row => row.LastAt, noted.At).SetProperty(row => row.LastRunId, noted.RunId)));
            }
            catch (Exception broken) when (PassingFault.Is(broken) || broken is ObjectDisposedException) { log.LogDebug(broken, "Requests could not be shown at their triggers"); }
        }
    }

    private sealed record Noted(long Count, DateTimeOffset At, string RunId);
}
