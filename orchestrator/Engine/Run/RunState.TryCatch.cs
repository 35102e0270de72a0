using System.Text.Json.Nodes;
using Flows.Engine.Run;

namespace Flows.Engine;

/// <summary>Flows.TryCatch: its body; when that faults its catch, which sees the fault; in the end its finally, whatever happened.</summary>
public sealed partial class RunState
{
    private void EnterTry(Step step)
    {
        step.Guarded = new Guarded();
        if (step.Node.Slots.TryGetValue("body", out var body)) Schedule(body, step);
        else EnterFinally(step);
    }

    private void NextInTry(Step step)
    {
        if (step.Guarded!.Phase == TryPhase.Finally) LeaveTry(step);
        else EnterFinally(step);
    }

    /// <summary>A fault inside a TryCatch. What its body did is over; a fault of the catch or finally goes on outwards after the finally.</summary>
    private void Caught(Step step, string activityId, string message)
    {
        var guarded = step.Guarded!;
        var catches = guarded.Phase == TryPhase.Body && step.Node.Slots.ContainsKey("catch");
        if (guarded.Phase == TryPhase.Body) SetOutputs(step, new JsonObject { ["faultMessage"] = message, ["faultActivityId"] = activityId });
        if (!catches) guarded.Uncaught = message;
        if (catches) EnterCatch(step, activityId, message);
        else if (guarded.Phase == TryPhase.Finally) LeaveTry(step);
        else EnterFinally(step);
    }

    private void EnterCatch(Step step, string activityId, string message)
    {
        step.Guarded!.Phase = TryPhase.Catch;
        var fault = new Variables();
        fault.Set($"{step.Id}:FaultMessage", "FaultMessage", "String", message);
        fault.Set($"{step.Id}:FaultActivityId", "FaultActivityId", "String", activityId);
        Schedule(step.Node.Slots["catch"], step, fault);
    }

    private void EnterFinally(Step step)
    {
        step.Guarded!.Phase = TryPhase.Finally;
        if (step.Node.Slots.TryGetValue("finally", out var last)) Schedule(last, step);
        else LeaveTry(step);
    }

    private void LeaveTry(Step step)
    {
        if (step.Guarded!.Uncaught is { } message)
        {
            step.Guarded.Phase = TryPhase.Over;
            Fault(step, message);
        }
        else Complete(step);
    }
}
