using Flows.Contract.Runs;
using Flows.Engine;

namespace Flows.Hub.Runs;

/// <summary>What changed in a run's state since it was last told, and how far its steps said to be. Used under the lock of the state.</summary>
internal sealed class StateNews(RunState state, Func<RunSummary> summary)
{
    private readonly Dictionary<string, (double Share, string? Text)> _progress = [];
    private RunSubStatus _told = RunSubStatus.Pending;
    private int _lines;

    /// <summary>By step id.</summary>
    public IReadOnlyDictionary<string, (double Share, string? Text)> Progress => _progress;

    /// <param name="isWatched">Whether anybody reads it: records of steps are not made for nobody.</param>
    public IReadOnlyList<(string Kind, object Data)> Take(bool isWatched)
    {
        var (changed, lines) = (state.TakeChanges(), state.LinesFrom(_lines));
        _lines += lines.Count;
        var isNew = state.Status == RunStatus.Running && state.SubStatus != _told;
        _told = state.SubStatus;
        return isWatched
            ? [.. changed.Select(step => ("step", (object)state.Step(step))), .. lines.Select(line => ("line", (object)new { text = line })), .. isNew ? [("run", (object)summary())] : Array.Empty<(string, object)>()]
            : [];
    }

    /// <summary>The step's record with what it says now; null when there is no such step.</summary>
    public StepRecord? Advance(int step, double share, string? text)
    {
        if (step >= state.StepCount) return null;
        var record = state.Step(step) with { Progress = Math.Clamp(share, 0, 1), ProgressText = text };
        _progress[record.StepId] = (record.Progress!.Value, text);
        return record;
    }
}
