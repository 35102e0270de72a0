using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine.Graph;
using Flows.Engine.Run;

namespace Flows.Engine;

/// <summary>Flows inside flows: as an activity, or named by an input. They run in the same run.</summary>
public sealed partial class RunState
{
    private void EnterWorkflow(Step step, Node? workflow)
    {
        if (workflow is null) throw new FlowFault($"There is no published flow for the activity '{step.Node.Type}' ('{step.Node.Id}').");
        Schedule(workflow, step);
    }

    private void EnterNamedWorkflow(Step step)
    {
        var id = step.Inputs?.Text("workflowDefinitionId") ?? "";
        if (Graph.FindWorkflow(id) is not { } workflow) throw new FlowFault($"There is no published flow '{id}' to run.");
        step.Silent = true;
        if (!Waits(step)) _detachable.Add(step);
        EnterWorkflow(step, workflow);
    }

    private void LeaveWorkflow(Step step, Step workflow)
    {
        if (step.Node.Behaviour == Behaviour.ExecuteWorkflow)
        {
            step.Silent = step.Parent?.Silent == true;
            SetOutputs(step, new JsonObject { ["result"] = workflow.Outputs?.DeepClone() ?? new JsonObject() });
            Complete(step);
            return;
        }
        SetOutputs(step, OutputsOf(workflow));
        Complete(step, workflow.Outcomes);
    }

    // Without waiting, the step goes on as soon as the flow it started has nothing more to do at once.
    private bool ReleaseDetached()
    {
        while (_detachable.Count > 0)
        {
            var step = _detachable[0];
            _detachable.RemoveAt(0);
            if (!step.IsRunning) continue;
            step.Silent = step.Parent?.Silent == true;
            Detach(step);
            return true;
        }
        return false;
    }

    // ExecuteWorkflow and DispatchWorkflow wait when they say so, and not otherwise.
    private static bool Waits(Step step) => step.Inputs?.Flag("waitForCompletion") == true;

    private void Detach(Step step)
    {
        Become(step, StepStatus.Completed);
        step.FinishedAt = _now;
        Log(step, "Completed");
        if (step.HasCallback && step.Parent is { IsRunning: true } parent)
        {
            step.HasCallback = false;
            ChildCompleted(parent, step, null);
        }
    }

    /// <summary>An input of the flow a step belongs to: of the nearest flow that has it, else of the run.</summary>
    internal JsonNode? InputOf(Step step, string name)
    {
        for (var workflow = step.Workflow(); workflow.Parent is { } activity; workflow = activity.Workflow())
        {
            var source = activity.Node.Behaviour == Behaviour.ExecuteWorkflow ? activity.Inputs?["input"] as JsonObject : activity.Inputs;
            if (Lookup(source, name, out var value)) return value;
        }
        return Lookup(Inputs, name, out var own) ? own : null;
    }

    private static bool Lookup(JsonObject? values, string name, out JsonNode? value)
    {
        value = null;
        if (values is null) return false;
        if (values.TryGetPropertyValue(name, out value)) return true;
        if (values.TryGetPropertyValue(JsonNamingPolicy.CamelCase.ConvertName(name), out value)) return true;
        var key = values.Select(entry => entry.Key).FirstOrDefault(key => string.Equals(key, name, StringComparison.OrdinalIgnoreCase));
        return key is not null && values.TryGetPropertyValue(key, out value);
    }
}
