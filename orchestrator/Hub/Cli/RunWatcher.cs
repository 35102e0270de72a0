using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Hub.Logs;

namespace Flows.Hub.Cli;

/// <summary>Shows a run's progress line by line; Ctrl-C cancels the run.</summary>
internal sealed class RunWatcher(HubClient client, TextWriter screen)
{
    private readonly Dictionary<string, StepStatus> _shown = [];
    private int _lines;

    /// <param name="waits">False: return as soon as the run only waits.</param>
    public async Task<RunRecord> WatchAsync(string runId, bool waits, CancellationToken cancellation)
    {
        using var interrupt = new Interrupt(cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(interrupt.Token);
        var suspended = waits ? Task.CompletedTask : StopWhenSuspendedAsync(runId, stop);
        try
        {
            await foreach (var (kind, data) in client.WatchAsync(runId, stop.Token)) await ShowAsync(kind, data);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        await stop.CancelAsync();
        await suspended;
        if (interrupt.Token.IsCancellationRequested)
        {
            await client.CancelAsync(runId);
            await SnapshotAsync(await FinishedAsync(runId));
        }
        var record = await client.RecordAsync(runId);
        await screen.WriteLineAsync(Shown.Run(record));
        return record;
    }

    // Asked for, not watched: a server that was interrupted together with this command has let go of its watchers.
    private async Task<RunRecord> FinishedAsync(string runId)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        RunRecord record;
        while ((record = await client.RecordAsync(runId)).Status != RunStatus.Finished) await tick.WaitForNextTickAsync();
        return record;
    }

    // A run that only waits has no news to say so.
    private async Task StopWhenSuspendedAsync(string runId, CancellationTokenSource stop)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!stop.IsCancellationRequested && (await client.RecordAsync(runId)).SubStatus != RunSubStatus.Suspended)
            await tick.WaitForNextTickAsync(CancellationToken.None);
        await stop.CancelAsync();
    }

    private async Task ShowAsync(string kind, string data)
    {
        switch (kind)
        {
            case "record": await SnapshotAsync(Read<RunRecord>(data)); break;
            case "step": await StepAsync(Read<StepRecord>(data)); break;
            case "line": await LineAsync(JsonDocument.Parse(data).RootElement.GetProperty("text").GetString()); break;
        }
    }

    private async Task SnapshotAsync(RunRecord record)
    {
        foreach (var step in record.Steps) await StepAsync(step);
        foreach (var line in record.Lines.Skip(_lines)) await LineAsync(line);
    }

    private async Task StepAsync(StepRecord step)
    {
        var container = step.ActivityType is "Elsa.Workflow" or "Elsa.Flowchart";
        var known = _shown.TryGetValue(step.StepId, out var status);
        if (known && status == step.Status) return;
        _shown[step.StepId] = step.Status;
        if (!container && step.Status is not StepStatus.Queued) await screen.WriteLineAsync(Shown.Step(step));
    }

    private async Task LineAsync(string? line)
    {
        _lines++;
        foreach (var one in OneLine.Each(line ?? "")) await screen.WriteLineAsync($"    {one}");
    }

    private static T Read<T>(string data) => JsonSerializer.Deserialize<T>(data, ContractJson.Options)!;
}
