using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine.Graph;
using Flows.Engine.Run;

namespace Flows.Engine;

/// <summary>
/// Steps that start other flows as runs of their own. The host starts them, once each, and says so; a child that is waited
/// for reports how it stands.
/// </summary>
public sealed partial class RunState
{
    // Steps whose children are on their way: the run does not stand still meanwhile.
    private readonly SortedDictionary<int, Step> _parenting = [];

    private void StartChildren(Step step, StepResult result)
    {
        if (result.Cached || result.Pinned)
        {
            Complete(step, result.Outcomes.Count == 0 ? null : result.Outcomes);
            return;
        }
        step.Offspring = new Offspring([.. ChildrenOf(step)], Waits(step));
        if (step.Offspring.All.Count == 0)
        {
            LeaveChildren(step);
            return;
        }
        _parenting[step.Id] = step;
        _effects.AddRange(Starts(step));
    }

    private static IEnumerable<RunEffect> Starts(Step step) => step.Offspring!.All.Where(child => !child.IsStarted).Select(child => new RunEffect.StartChild(step.Id, child.Run));

    private void ChildStarted(RunEvent.ChildStarted started)
    {
        if (Parent(started.Step) is not { } step || step.Offspring!.Find(started.RunId) is not { IsStarted: false } child) return;
        if (started.Fault is { } fault)
        {
            _parenting.Remove(step.Id);
            Invoke(step, () => Faulted(step, fault));
        }
        else Invoke(step, () => Began(step, child));
        Pump();
    }

    private void ChildReported(RunEvent.ChildReported reported)
    {
        if (Parent(reported.Step) is not { } step || step.Offspring!.Find(reported.RunId) is not { End: null } child) return;
        TakeLines(child, reported.Lines);
        child.Output = reported.Output;
        Invoke(step, () =>
        {
            if (!child.IsStarted) Began(step, child);
            Settled(step, child, reported.SubStatus);
        });
        if (SubStatus == RunSubStatus.Suspended) SubStatus = RunSubStatus.Executing;
        Pump();
    }

    private Step? Parent(int number) => number < _steps.Count && _steps[number] is { Offspring: not null, IsRunning: true } step ? step : null;

    private void Began(Step step, Child child)
    {
        child.IsStarted = true;
        Touch(step);
        var offspring = step.Offspring!;
        if (--offspring.Unstarted > 0 || offspring.AwaitsSettling) return;
        _parenting.Remove(step.Id);
        if (!offspring.Waits) LeaveChildren(step);
        else if (offspring.Unended > 0 && step.Status != StepStatus.Suspended) Suspend(step, null);
    }

    private void Settled(Step step, Child child, RunSubStatus subStatus)
    {
        var offspring = step.Offspring!;
        var isOver = subStatus is RunSubStatus.Finished or RunSubStatus.Faulted or RunSubStatus.Cancelled;
        if (isOver)
        {
            child.End = subStatus;
            offspring.Unended--;
        }
        if (offspring.AwaitsSettling)
        {
            offspring.AwaitsSettling = false;
            _parenting.Remove(step.Id);
            if (!isOver && offspring.Waits) Suspend(step, null);
            else LeaveChildren(step);
        }
        else if (isOver && offspring.Waits && !HandleChild(step, child)) LeaveChildrenWhenDone(step);
    }

    // The activities at the ports ChildCompleted and ChildFaulted see the child's id and output.
    private bool HandleChild(Step step, Child child)
    {
        var slot = child.End switch { RunSubStatus.Finished => "childCompleted", RunSubStatus.Faulted => "childFaulted", _ => "" };
        if (!step.Node.Slots.TryGetValue(slot, out var activity)) return false;
        step.Offspring!.Handling++;
        var seen = new Variables();
        seen.Set($"{step.Id}:ChildInstanceId", "ChildInstanceId", "String", child.Run.RunId);
        seen.Set($"{step.Id}:ChildOutput", "ChildOutput", "Object", child.Output.DeepClone());
        Schedule(activity, step, seen);
        return true;
    }

    private void ChildHandled(Step step)
    {
        step.Offspring!.Handling--;
        LeaveChildrenWhenDone(step);
    }

    private void LeaveChildrenWhenDone(Step step)
    {
        if (step.Offspring is { Unstarted: 0, Unended: 0, Handling: 0 }) LeaveChildren(step);
    }

    private void LeaveChildren(Step step)
    {
        if (step.Status == StepStatus.Suspended) Log(step, "Resumed");
        SetOutputs(step, new JsonObject { ["result"] = ResultOf(step) });
        var waited = step.Offspring is { Waits: true, All.Count: > 0 };
        Complete(step, step.Node.Behaviour == Behaviour.BulkDispatch && waited ? ["Completed", "Done"] : null);
    }

    // Elsa's facts of the child, and its outputs by name beside them.
    private static JsonNode? ResultOf(Step step)
    {
        if (step.Node.Behaviour == Behaviour.BulkDispatch) return new JsonArray([.. step.Offspring!.All.Select(child => Facts(child, "Workflow"))]);
        var child = step.Offspring!.All.First();
        var result = (JsonObject)child.Output.DeepClone();
        foreach (var (name, value) in Facts(child, step.Node.Type == "Elsa.DispatchWorkflow" ? "Workflow" : "")) result[name] = value?.DeepClone();
        return result;
    }

    private static JsonObject Facts(Child child, string prefix) => new()
    {
        ["WorkflowInstanceId"] = child.Run.RunId,
        [prefix + "Status"] = (child.End is null ? RunStatus.Running : RunStatus.Finished).ToString(),
        [prefix + "SubStatus"] = child.End?.ToString(),
        [prefix + "Output"] = child.Output.DeepClone(),
        ["CorrelationId"] = child.Run.CorrelationId,
    };

    private void TakeLines(Child child, IReadOnlyList<string> lines)
    {
        _lines.AddRange(lines.Skip(child.Lines));
        child.Lines = Math.Max(child.Lines, lines.Count);
    }

    private IEnumerable<ChildRun> ChildrenOf(Step step)
    {
        var inputs = step.Inputs ?? [];
        var flow = inputs.Text("workflowDefinitionId") ?? "";
        var report = Report(step);
        if (step.Node.Behaviour != Behaviour.BulkDispatch)
        {
            yield return new ChildRun(IdOfChild(step, 0), flow, InputFor(step, inputs), inputs["correlationId"].AsText() is { Length: > 0 } given ? given : CorrelationFor(step), report) { Debug = _debugging?.OfChild };
            yield break;
        }
        var correlations = inputs["correlationIds"] as JsonArray;
        foreach (var (item, index) in ItemsOf(inputs["items"]).Select((item, index) => (item, index)))
            yield return new ChildRun(IdOfChild(step, index), flow, InputFor(inputs, item), correlations?.ElementAtOrDefault(index).AsText(), report) { Debug = _debugging?.OfChild };
    }

    // ExecuteWorkflow runs the flow as if in its place: it hands on the inputs and the correlation id of its own run.
    private JsonObject InputFor(Step step, JsonObject inputs)
    {
        var given = inputs["input"] as JsonObject;
        var input = (JsonObject)(given is { Count: > 0 } || step.Node.Type != "Elsa.ExecuteWorkflow" ? given ?? [] : Inputs).DeepClone();
        input["ParentInstanceId"] = RunId;
        return input;
    }

    private JsonObject InputFor(JsonObject inputs, JsonNode? item)
    {
        var input = (JsonObject?)(inputs["input"] as JsonObject)?.DeepClone() ?? [];
        input["ParentInstanceId"] = RunId;
        if (item is JsonObject fields) foreach (var (name, value) in fields) input[name] = value?.DeepClone();
        else input[inputs.Text("defaultItemInputKey") is { Length: > 0 } key ? key : "Item"] = item?.DeepClone();
        return input;
    }

    private string? CorrelationFor(Step step) => step.Node.Type == "Elsa.ExecuteWorkflow" ? CorrelationId : null;

    private static ChildReport Report(Step step) =>
        step.Node.Type == "Elsa.ExecuteWorkflow" ? ChildReport.Settled : Waits(step) ? ChildReport.Ended : ChildReport.Never;

    // BulkDispatchWorkflows waits unless it says otherwise, the others only when they say so.
    private static bool Waits(Step step) => step.Node.Behaviour == Behaviour.BulkDispatch && step.Inputs?["waitForCompletion"] is null || step.Inputs?.Flag("waitForCompletion") == true;

    // Run ids sort by time: the time is that of the decision, which is in the journal.
    private string IdOfChild(Step step, int index)
    {
        var origin = SHA256.HashData(Encoding.UTF8.GetBytes($"{RunId}/{step.Id}/{step.Attempt}/{index}"));
        return $"{_now.UtcDateTime.ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture)}-{Convert.ToHexStringLower(origin)[..10]}";
    }
}
