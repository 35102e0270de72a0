using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine.Graph;
using Flows.Engine.Run;

namespace Flows.Engine;

/// <summary>What a container does when it starts, when its inputs are known, and when a child is done.</summary>
public sealed partial class RunState
{
    /// <summary>A step has started.</summary>
    private void Enter(Step step)
    {
        if (step.Depth > MaxDepth) throw new FlowFault($"'{step.Node.Id}' is nested more than {MaxDepth} levels deep; does the flow run itself?");
        switch (step.Node.Behaviour)
        {
            case Behaviour.Pass: Complete(step, step.Node.Outcomes); break;
            case Behaviour.End: Complete(step); break;
            case Behaviour.Finish: FinishRun(step); break;
            case Behaviour.Break: BreakLoop(step); break;
            case Behaviour.Flowchart: EnterChart(step); break;
            case Behaviour.Sequence: NextInSequence(step); break;
            case Behaviour.Parallel or Behaviour.Fork: EnterAll(step); break;
            case Behaviour.Composite or Behaviour.Workflow: EnterSlot(step, step.Node.Slots.ContainsKey("root") ? "root" : "body"); break;
            case Behaviour.Dispatch: Dispatch(step); break;
            case Behaviour.TryCatch: EnterTry(step); break;
            default: Execute(step); break;
        }
    }

    /// <summary>A step was carried out and its values are stored: what it decides.</summary>
    private void Advance(Step step, StepResult result)
    {
        switch (step.Node.Behaviour)
        {
            case Behaviour.If: EnterSlot(step, result.Outcomes.Contains("True") ? "then" : "else"); break;
            case Behaviour.Switch: EnterCases(step, result.Outcomes); break;
            case Behaviour.While: NextWhile(step, result.Outcomes.Contains("True")); break;
            case Behaviour.For: NextFor(step, first: true); break;
            case Behaviour.ForEach or Behaviour.ParallelForEach: EnterItems(step); break;
            case Behaviour.Complete: CompleteFlow(step, result.Outcomes); break;
            case Behaviour.WorkflowActivity when step.Pinned: Complete(step, result.Outcomes.Count == 0 ? null : result.Outcomes); break;
            case Behaviour.WorkflowActivity: EnterWorkflow(step, step.Node.Workflow); break;
            case Behaviour.ExecuteWorkflow or Behaviour.BulkDispatch: StartChildren(step, result); break;
            case var _ when ReplyTo(step, result) is { } reply: EnterReply(step, reply); break;
            default:
                Announce(step);
                Complete(step, result.Outcomes.Count == 0 ? null : result.Outcomes);
                break;
        }
    }

    // SendHttpRequest may have an activity inside for each status code, and for what went wrong.
    private static Node? ReplyTo(Step step, StepResult result) => step.Node.Slots.Count == 0 || step.Node.Type != HttpSlots.Owner ? null : HttpSlots.Of(result.Outcomes)
        .Select(slot => step.Node.Slots.GetValueOrDefault(slot)).FirstOrDefault(inside => inside is not null);

    private void EnterReply(Step step, Node reply)
    {
        step.IsAnswered = true;
        Schedule(reply, step);
    }

    private void ChildCompleted(Step parent, Step child, IReadOnlyList<string>? outcomes)
    {
        switch (parent.Node.Behaviour)
        {
            case Behaviour.Flowchart: parent.Chart?.Completed(child, outcomes); break;
            case Behaviour.Sequence: NextInSequence(parent); break;
            case Behaviour.Parallel or Behaviour.Switch: CountDone(parent); break;
            case Behaviour.ParallelForEach: PassDone(parent); break;
            case Behaviour.Fork: CountBranch(parent); break;
            case Behaviour.While: AgainWhile(parent); break;
            case Behaviour.For: NextFor(parent, first: false); break;
            case Behaviour.ForEach: PassDone(parent); break;
            case Behaviour.TryCatch: NextInTry(parent); break;
            case Behaviour.BulkDispatch: ChildHandled(parent); break;
            case Behaviour.WorkflowActivity: LeaveWorkflow(parent, child); break;
            default: Complete(parent, parent.Outcomes); break;
        }
    }

    private void EnterChart(Step step)
    {
        if (step.Node.Chart!.StartFor(step.Parent?.Parent is null ? _begun?.TriggerActivityId : null) is not { } start)
        {
            Complete(step);
            return;
        }
        step.Chart = TokenMode ? new TokenChart(this, step, start.Local) : new CounterChart(this, step, start.Local);
        step.Chart.Begin();
    }

    private void EnterSlot(Step step, string slot)
    {
        if (step.Node.Slots.TryGetValue(slot, out var child)) Schedule(child, step);
        else Complete(step);
    }

    private void NextInSequence(Step step)
    {
        step.Progress ??= new Progress();
        if (step.IsBreaking || step.Progress.Next >= step.Node.Children.Length) Complete(step);
        else Schedule(step.Node.Children[step.Progress.Next++], step);
    }

    private void EnterAll(Step step)
    {
        step.Progress = new Progress { Next = step.Node.Children.Length };
        foreach (var child in step.Node.Children) Schedule(child, step);
        if (step.Node.Children.Length == 0) Complete(step);
    }

    private void EnterCases(Step step, IReadOnlyList<string> matches)
    {
        var bodies = matches.Select(label => step.Node.Slots.GetValueOrDefault($"cases[{label}]")).OfType<Node>().ToList();
        if (matches.Count == 0 && step.Node.Slots.TryGetValue("default", out var otherwise)) bodies.Add(otherwise);
        step.Progress = new Progress { Next = bodies.Count };
        foreach (var body in bodies) Schedule(body, step);
        if (bodies.Count == 0) Complete(step);
    }

    private void CountDone(Step step)
    {
        if (step.Progress is { } progress && (++progress.Done >= progress.Next || step.IsBreaking)) Complete(step);
    }

    private void CountBranch(Step step)
    {
        if (step.Node.Activity.Input("joinMode")?.Value.AsText() == "WaitAny") Complete(step);
        else CountDone(step);
    }

    private void BreakLoop(Step step)
    {
        for (var around = step.Parent; around is not null; around = around.Parent)
        {
            if (around.Node.Behaviour == Behaviour.Sequence || around.Node.IsLoop) around.IsBreaking = true;
            if (around.Node.IsLoop) break;
        }
        Complete(step);
    }

    private void FinishRun(Step step)
    {
        foreach (var work in _queue.Where(work => work.Resumes is null))
        {
            work.Owner.Scheduled--;
            work.Owner.Chart?.Dequeued(work.Node);
        }
        _queue.Clear();
        Become(step, StepStatus.Completed);
        step.FinishedAt = _now;
        Log(step, "Completed");
        Complete(_steps[0]);
    }

    private void CompleteFlow(Step step, IReadOnlyList<string> outcomes)
    {
        var composite = step.Enclosing(Behaviour.Composite) is { } near && near.Depth > step.Workflow().Depth ? near : step.Workflow();
        composite.Outcomes = outcomes;
        // What is around it may begin something after it, and is cancelled with that.
        Complete(step);
        Complete(composite, outcomes);
    }
}
