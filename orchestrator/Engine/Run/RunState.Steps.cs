using Flows.Contract.Runs;
using Flows.Engine.Graph;
using Flows.Engine.Run;

namespace Flows.Engine;

/// <summary>Steps come and go: scheduled, started, completed, faulted, cancelled.</summary>
public sealed partial class RunState
{
    /// <summary>Deepest nesting of containers and flows; a flow that runs itself without end faults here.</summary>
    public const int MaxDepth = 200;

    internal void Schedule(Node node, Step owner, Variables? variables = null, bool backward = false)
    {
        owner.Scheduled++;
        _queue.Enqueue(new Work(node, owner, variables, backward));
    }

    private void Start(Work work)
    {
        if (work.Resumes is { } waiting)
        {
            Continue(waiting, work.Input);
            return;
        }

        if (work.Owner is { } owner)
        {
            owner.Scheduled--;
            owner.Chart?.Dequeued(work.Node);
            if (owner.Status == StepStatus.Canceled || owner.IsHandled) return;
        }
        var step = Add(work);
        if (_debugging?.Stops(step) is { } halt) Stop(step, halt);
        else Commence(step);
    }

    private void Commence(Step step)
    {
        if (step.Node.Behaviour == Behaviour.Dispatch) step.Status = StepStatus.Queued;
        else MarkStarted(step);
        Invoke(step, () => Enter(step));
    }

    private Step Add(Work work)
    {
        var step = new Step(_steps.Count, work.Node, work.Owner)
        {
            QueuedAt = _now,
            Backward = work.Backward,
            Variables = work.Variables,
        };
        _steps.Add(step);
        if (_trigger is null && step.Node.Id == _begun?.TriggerActivityId) _trigger = step;
        _incomplete++;
        if (work.Owner is { } owner)
        {
            owner.Add(step);
            owner.RunningChildren++;
        }
        Declare(step);
        Place(step);
        return step;
    }

    private static void Declare(Step step)
    {
        if (Variables.Declared(step.Node.Variables) is not { } declared) return;
        foreach (var iteration in step.Variables?.All ?? []) declared.Set(iteration.Id, iteration.Name, iteration.TypeName, iteration.Value);
        step.Variables = declared;
    }

    private void MarkStarted(Step step)
    {
        if (step.StartedAt is not null) return;
        step.StartedAt = _now;
        Touch(step);
        if (step.Status == StepStatus.Queued) step.Status = StepStatus.Running;
        Log(step, _bookmarked.GetValueOrDefault(step.Node) > 0 ? "Resumed" : "Started");
    }

    /// <summary>Everything that happens on behalf of one step; what cannot go on becomes its fault.</summary>
    private void Invoke(Step step, Action action)
    {
        try
        {
            action();
        }
        catch (FlowFault broken)
        {
            Fault(step, broken.Message);
        }
        if (step.IsRunning && step != _executing && _bookmarked.ContainsKey(step.Node)) Log(step, "Suspended");
    }

    private void Execute(Step step)
    {
        _executing = step;
        step.Turn = ++_turns;
        _effects.Add(new RunEffect.Execute(step.Id, step.Attempt));
    }

    private void Dispatch(Step step)
    {
        _dispatched++;
        step.Turn = ++_turns;
        _effects.Add(new RunEffect.Dispatch(step.Id, step.Attempt));
    }

    internal void Complete(Step step, IReadOnlyList<string>? outcomes = null)
    {
        if (!step.IsRunning) return;
        if (step.RunningChildren + step.FaultedChildren > 0) CancelChildren(step);

        Become(step, StepStatus.Completed);
        step.Outcomes = outcomes;
        step.FinishedAt = _now;
        Log(step, "Completed");
        if (step.HasCallback && step.Parent is { IsRunning: true } parent)
        {
            step.HasCallback = false;
            ChildCompleted(parent, step, outcomes);
        }
        Forget(step);
    }

    private void CancelChildren(Step step)
    {
        foreach (var child in step.Children().Where(child => !child.IsOver).ToList()) Cancel(child, childrenFirst: false);
    }

    internal void Cancel(Step step, bool childrenFirst)
    {
        if (step.IsOver) return;
        var children = step.Children().Where(child => !child.IsOver).ToList();
        if (childrenFirst) children.ForEach(child => Cancel(child, childrenFirst));
        if (step.IsOver) return;

        Become(step, StepStatus.Canceled);
        step.FinishedAt = _now;
        Release(step);
        Forget(step);
        Log(step, "Canceled");
        if (step.Parent is { IsRunning: true } parent) parent.Chart?.Cancelled(step);
        if (!childrenFirst) children.ForEach(child => Cancel(child, childrenFirst));
    }

    private void CancelAll()
    {
        _queue.Clear();
        _again.Clear();
        _publishing.Clear();
        _parenting.Clear();
        foreach (var step in _steps.Where(step => !step.IsOver).Reverse().ToList())
        {
            Become(step, StepStatus.Canceled);
            step.FinishedAt = _now;
            Release(step);
            Forget(step);
            Log(step, "Canceled");
        }
        SubStatus = RunSubStatus.Cancelled;
        End();
    }

    // A job or an inline execution that is still out: its result will be of no use.
    private void Release(Step step)
    {
        if (step == _executing) _executing = null;
        else if (step.Node.Behaviour == Behaviour.Dispatch && !step.IsAnswered && step.BookmarkId is null && step.Fault is null) _dispatched--;
        else if (step.BookmarkId is null) return;
        _effects.Add(new RunEffect.Abandon(step.Id));
    }

    private void Become(Step step, StepStatus status, bool handled = false)
    {
        var (wasRunning, wasOver, wasFaulted) = (step.IsRunning, step.IsOver, step.HoldsFault);
        (step.Status, step.IsHandled) = (status, handled);
        Touch(step);
        if (wasRunning && !step.IsRunning && step.Offspring is not null) _parenting.Remove(step.Id);
        if (wasOver != step.IsOver) _incomplete += wasOver ? 1 : -1;
        if (step.Parent is not { } parent) return;
        if (status is StepStatus.Completed or StepStatus.Canceled) parent.Leave(step);
        if (wasRunning != step.IsRunning) parent.RunningChildren += wasRunning ? -1 : 1;
        if (wasFaulted != step.HoldsFault) parent.FaultedChildren += wasFaulted ? -1 : 1;
    }

    private void Log(Step step, string what) => _journal.Add(new JournalEntry(++_seq, _now, step.Node.Id, what));
}
