using System.Text.Json.Nodes;
using Flows.Engine.Graph;
using Flows.Engine.Run;

namespace Flows.Engine;

/// <summary>Loops over items: one pass after the other, all at once, or so many at once; and how many of them must succeed.</summary>
public sealed partial class RunState
{
    private void EnterItems(Step step)
    {
        step.Progress = new Progress { Items = ItemsOf(step.Inputs?["items"]) };
        if (!step.Node.Slots.ContainsKey("body")) LeaveItems(step);
        else if (step.Node.Behaviour == Behaviour.ForEach) NextPass(step);
        else EnterParallel(step);
    }

    private void EnterParallel(Step step)
    {
        var count = Math.Min(step.Progress!.Items.Count, step.Node.Passes?.MaxParallel ?? int.MaxValue);
        for (var index = 0; index < count; index++) ParallelPass(step);
        if (count == 0) LeaveItems(step);
    }

    private void PassDone(Step step)
    {
        if (step.Progress is not { } progress) return;
        progress.Done++;
        if (step.Node.Behaviour == Behaviour.ForEach) NextPass(step);
        else if (progress.Done >= progress.Items.Count || step.IsBreaking) LeaveItems(step);
        else if (progress.Next < progress.Items.Count) ParallelPass(step);
    }

    private void PassFaulted(Step step, Step pass)
    {
        pass.HasCallback = false;
        step.Progress!.Faulted++;
        PassDone(step);
    }

    private void NextPass(Step step)
    {
        var progress = step.Progress!;
        if (step.IsBreaking || progress.Next >= progress.Items.Count)
        {
            LeaveItems(step);
            return;
        }
        var index = progress.Next++;
        Schedule(step.Node.Slots["body"], step, Pass(step, progress.Items[index], index));
    }

    private void ParallelPass(Step step)
    {
        var index = step.Progress!.Next++;
        Schedule(step.Node.Slots["body"], step, Iteration(step, step.Progress.Items[index], index));
    }

    private void LeaveItems(Step step)
    {
        var (passes, faulted) = (step.Progress!.Done, step.Progress.Faulted);
        if (step.Node.Passes?.MinSuccessShare is not { } share)
        {
            Complete(step);
            return;
        }
        SetOutputs(step, new JsonObject { ["succeeded"] = passes - faulted, ["faulted"] = faulted });
        if (passes - faulted >= share * passes) Complete(step);
        else Fault(step, FormattableString.Invariant($"Only {passes - faulted} of {passes} passes succeeded; at least {share:P0} must."));
    }
}
