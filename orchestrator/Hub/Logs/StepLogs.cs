using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Hub.Storage;
using LogLevel = Flows.Contract.Activities.LogLevel;

namespace Flows.Hub.Logs;

/// <summary>
/// Takes what steps write, at whichever orchestrator it arrives, gathers it for a moment and stores it. A step keeps its first
/// 10 MB; what it writes beyond is counted and said in one last line, so that a chatty script fills neither disk nor memory.
/// </summary>
public sealed class StepLogs : IAsyncDisposable
{
    public const int MaxLineChars = 16 * 1024;

    public const long MaxStepBytes = 10 * 1024 * 1024;

    /// <summary>Wakes those of this process who read a run's log.</summary>
    public const string Topic = "log";

    // Shortest time between two writes to the store, unless somebody waits for one.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(100);

    // How long a result waits for its lines, and a server that stops for its last ones.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Written> _steps = [];
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly CancellationTokenSource _closed = new();
    private readonly ILogStore _store;
    private readonly Signals _signals;
    private readonly TimeProvider _time;
    private readonly ILogger<StepLogs> _log;
    private readonly Task _storing;
    private List<WrittenLine> _waiting = [];
    private TaskCompletionSource _stored = NewSource();
    private TaskCompletionSource _hurry = NewSource();
    private bool _isClosing;

    public StepLogs(ILogStore store, Signals signals, TimeProvider time, ILogger<StepLogs> log)
    {
        (_store, _signals, _time, _log) = (store, signals, time, log);
        _storing = Task.Run(StoreAsync);
    }

    /// <summary>Each line of the text is a line of its own, with its step and time: none says what another step did.</summary>
    public void Write(string runId, string stepId, string activityId, LogLevel level, string text)
    {
        foreach (var line in OneLine.Each(text)) WriteLine(runId, stepId, activityId, level, line);
    }

    private void WriteLine(string runId, string stepId, string activityId, LogLevel level, string text)
    {
        lock (_gate)
        {
            var (bytes, dropped, _) = _steps.GetValueOrDefault(stepId);
            _steps[stepId] = bytes >= MaxStepBytes
                ? new Written(bytes, dropped + 1, _steps[stepId].Stored)
                : new Written(bytes + Add(runId, new LogLine(0, _time.GetUtcNow(), stepId, activityId, level, Cut(text))), 0, _stored.Task);
        }
    }

    /// <summary>The step is over: says how much was dropped, and ends when its lines are stored, before which its result must not count.</summary>
    public Task CloseAsync(string runId, string stepId, string activityId)
    {
        lock (_gate)
        {
            if (!_steps.Remove(stepId, out var written)) return Task.CompletedTask;
            var stored = written.Stored;
            if (written.Dropped > 0)
            {
                Add(runId, new LogLine(0, _time.GetUtcNow(), stepId, activityId, LogLevel.Warning, $"{written.Dropped} more lines were dropped: a step's log keeps {MaxStepBytes / (1024 * 1024)} MB."));
                stored = _stored.Task;
            }
            if (stored.IsCompleted) return Task.CompletedTask;
            _hurry.TrySetResult();
            return WaitAsync(stored);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_isClosing) return;
        lock (_gate) _isClosing = true;
        _hurry.TrySetResult();
        _arrived.Release();
        _closed.CancelAfter(Patience);
        await _storing;
        _closed.Dispose();
        _arrived.Dispose();
    }

    // Lines are no reason to lose a result.
    private async Task WaitAsync(Task stored) => await stored.WaitAsync(Patience, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private int Add(string runId, LogLine line)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(line, ContractJson.Options);
        _waiting.Add(new WrittenLine(runId, json));
        if (_waiting.Count == 1 && !_isClosing) _arrived.Release();
        return json.Length;
    }

    private async Task StoreAsync()
    {
        while (true)
        {
            await _arrived.WaitAsync();
            var (lines, stored) = Take();
            if (lines.Count > 0) await StoreAsync(lines);
            stored.SetResult();
            foreach (var run in lines.Select(line => line.RunId).Distinct()) _signals.Wake(Topic, run);
            if (_isClosing && lines.Count == 0) return;
            if (_isClosing) _arrived.Release();
            else await _hurry.Task.WaitAsync(Gathering).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private (List<WrittenLine> Lines, TaskCompletionSource Stored) Take()
    {
        lock (_gate)
        {
            var taken = (_waiting, _stored);
            (_waiting, _stored) = ([], NewSource());
            if (_hurry.Task.IsCompleted) _hurry = NewSource();
            return taken;
        }
    }

    private async Task StoreAsync(List<WrittenLine> lines)
    {
        try { await _store.AppendAsync(lines, _closed.Token); }
        catch (Exception broken) { _log.LogError(broken, "{Count} lines of steps could not be stored", lines.Count); }
    }

    private static string Cut(string text) => text.Length <= MaxLineChars ? text : text[..MaxLineChars] + $"… ({text.Length - MaxLineChars} more characters)";

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="Stored">Ends when the step's last line is stored.</param>
    private readonly record struct Written(long Bytes, long Dropped, Task Stored);
}
