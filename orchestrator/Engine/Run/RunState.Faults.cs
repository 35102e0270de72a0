using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Flows.Contract.Activities;
using Flows.Contract.Runs;
using Flows.Engine.Graph;
using Flows.Engine.Run;

namespace Flows.Engine;

/// <summary>What a fault leads to: another attempt, a guard around the step that deals with it, or the run's end.</summary>
public sealed partial class RunState
{
    private int _retrying;

    /// <summary>A step's own work faulted: its policy may try it again.</summary>
    private void Faulted(Step step, string message)
    {
        if (step.Node.Policy?.Retries is { } retries && step.EarlierFaults.Count < retries.Count && retries.Covers(message)) Retry(step, retries, message);
        else Fault(step, message);
    }

    private void Retry(Step step, RetryPolicy retries, string message)
    {
        step.EarlierFaults = [.. step.EarlierFaults, new StepFault(step.Attempt, message) { At = _now }];
        var delay = retries.Delay(step.EarlierFaults.Count, Chance(step));
        step.Attempt++;
        // What is still said of runs that the earlier attempt was to start is not about this one.
        step.Offspring = null;
        _parenting.Remove(step.Id);
        Log(step, "Retried");
        if (delay == TimeSpan.Zero)
        {
            TryAgain(step);
            return;
        }
        step.WaitsToRetry = true;
        _retrying++;
        Suspend(step, _now + delay, step.Attempt);
    }

    private void TryAgain(Step step)
    {
        step.StartedAt = null;
        if (step.Node.Behaviour == Behaviour.Dispatch)
        {
            Become(step, StepStatus.Queued);
            step.QueuedAt = _now;
            Dispatch(step);
            return;
        }
        Become(step, StepStatus.Running);
        MarkStarted(step);
        Execute(step);
    }

    // The core has no dice: the same run, step and attempt give the same number at every replay.
    private double Chance(Step step)
    {
        var seed = SHA256.HashData(Encoding.UTF8.GetBytes($"{RunId}/{step.Id}/{step.Attempt}"));
        return BinaryPrimitives.ReadUInt32LittleEndian(seed) / (uint.MaxValue + 1.0);
    }

    private void Fault(Step step, string message)
    {
        var (guard, below) = GuardOf(step);
        Become(step, StepStatus.Faulted, handled: guard is not null);
        step.Fault = message;
        step.FinishedAt = _now;
        _incidents.Add(new Incident(step.Node.Id, message) { At = _now, Handled = guard is not null });
        Log(step, "Faulted");
        if (guard is not null) Handle(guard, below, step, message);
        else if (!_continues) _faulted = true;
    }

    /// <summary>The nearest step, itself or around it, that deals with a fault, and its child on the way there. What nobody waits for is dealt with by nobody.</summary>
    private static (Step? Guard, Step Below) GuardOf(Step step)
    {
        if (step.Node.Policy is { ContinueOnError: true } && step.IsRunning) return (step, step);
        var below = step;
        for (var around = step.Parent; around is { IsRunning: true }; below = around, around = around.Parent)
        {
            if (Guards(around)) return (around, below);
        }
        return (null, step);
    }

    private static bool Guards(Step step) => step.Node.Behaviour == Behaviour.TryCatch || step.Node.Passes?.MinSuccessShare is not null || step.Node.Policy is { ContinueOnError: true };

    private void Handle(Step guard, Step below, Step faulted, string message)
    {
        if (guard == faulted)
        {
            Follow(guard);
            return;
        }
        Quench(guard, faulted);
        if (guard.Node.Behaviour == Behaviour.TryCatch) Caught(guard, faulted.Node.Id, message);
        else if (guard.Node.Passes?.MinSuccessShare is not null) PassFaulted(guard, below);
        else Fault(guard, $"'{faulted.Node.Name ?? faulted.Node.Id}' inside it faulted: {message}");
    }

    /// <summary>Ends what is under way between a guard and the step that faulted inside it. Outermost first, so that no chart goes on.</summary>
    private void Quench(Step guard, Step faulted)
    {
        var between = new List<Step>();
        for (var around = faulted.Parent!; around != guard; around = around.Parent!) between.Add(around);
        between.Reverse();
        foreach (var step in between)
        {
            Become(step, StepStatus.Faulted, handled: true);
            step.FinishedAt = _now;
            Log(step, "Faulted");
            Forget(step);
        }
        foreach (var step in between) CancelChildren(step);
    }

    /// <summary>A faulted step goes on all the same.</summary>
    private void Follow(Step step)
    {
        CancelChildren(step);
        Forget(step);
        var outcomes = step.Node.HasErrorPort ? new[] { StepPolicy.ErrorOutcome } : null;
        step.Outcomes = outcomes;
        if (!step.HasCallback || step.Parent is not { IsRunning: true } parent) return;
        step.HasCallback = false;
        ChildCompleted(parent, step, outcomes);
    }
}
