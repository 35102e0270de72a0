using Flows.Engine.Run;

namespace Flows.Engine;

/// <summary>What changed since somebody last looked, so that a host need not compare.</summary>
public sealed partial class RunState
{
    private readonly List<Step> _changed = [];

    /// <summary>Numbers of the steps that changed since the last call, in the order they started.</summary>
    public IReadOnlyList<int> TakeChanges()
    {
        var changed = _changed.ConvertAll(step => step.Id);
        foreach (var step in _changed) step.Touched = false;
        _changed.Clear();
        changed.Sort();
        return changed;
    }

    /// <summary>Steps so far: their numbers are below it.</summary>
    public int StepCount => _steps.Count;

    /// <summary>What WriteLine wrote, from the given count on.</summary>
    public IReadOnlyList<string> LinesFrom(int count) => count >= _lines.Count ? [] : _lines.GetRange(count, _lines.Count - count);

    private void Touch(Step step)
    {
        if (step.Touched) return;
        step.Touched = true;
        _changed.Add(step);
    }
}
