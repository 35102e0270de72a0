using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine.Graph;
using Flows.Engine.Run;

namespace Flows.Engine;

/// <summary>Runs that somebody looks into: they stop before steps, and take what is pinned in place of carrying steps out.</summary>
public sealed partial class RunState
{
    // Null for every other run, which pays one comparison for each step.
    private Debugging? _debugging;

    /// <summary>Whether a step stopped before it began: then the run waits for a person and for nothing that its flow says.</summary>
    public bool IsHalted => _debugging is not null && _bookmarks.Values.Any(bookmark => bookmark.Step.IsHalted);

    /// <summary>What the flow says that a step gives, where pins count; null when the step is to be carried out.</summary>
    public StepResult? PinOf(int step)
    {
        if (_debugging is not { Pins: true } || !TakesPins(_steps[step].Node.Behaviour) || PinnedOutput.Of(_steps[step].Node.Activity) is not { } pinned) return null;
        return new StepResult { Outputs = pinned.Outputs, Outcomes = pinned.Outcomes, Pinned = true };
    }

    private static bool TakesPins(Behaviour behaviour) =>
        behaviour is Behaviour.Execute or Behaviour.Dispatch or Behaviour.WorkflowActivity or Behaviour.ExecuteWorkflow or Behaviour.BulkDispatch;

    private void Stop(Step step, Halt halt)
    {
        step.Halt = halt;
        Mark(step, bookmark => bookmark with { Halt = halt });
        Log(step, "Suspended");
    }

    private void Steer(RunEvent.Steered steered)
    {
        if (_debugging is null) return;
        _debugging.Steer(steered);
        var going = GoingOn(steered).ToList();
        if (going.Count == 0) return;
        SubStatus = RunSubStatus.Executing;
        foreach (var step in going) _queue.Enqueue(new Work(step.Node, step.Parent!, Resumes: step));
        Pump();
    }

    private IEnumerable<Step> GoingOn(RunEvent.Steered steered)
    {
        var halted = _bookmarks.Values.Select(bookmark => bookmark.Step).Where(step => step.IsHalted && (steered.BookmarkId is null || step.BookmarkId == steered.BookmarkId));
        return steered.Going switch { Going.All => halted, Going.One => halted.Take(1), _ => [] };
    }
}
