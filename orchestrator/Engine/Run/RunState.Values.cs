using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Engine.Graph;
using Flows.Engine.Run;

namespace Flows.Engine;

/// <summary>Where values go: variables, results that later expressions read, outputs of the flow.</summary>
public sealed partial class RunState
{
    private void Absorb(Step step, StepResult result)
    {
        step.Inputs = result.Inputs ?? step.Inputs;
        step.Metrics = result.Metrics ?? step.Metrics;
        step.Environment = result.Environment ?? step.Environment;
        step.Used = result.Used ?? step.Used;
        step.Facts = result.Facts ?? step.Facts;
        step.Decided = result.Shown ?? step.Decided;
        step.Pinned = result.Pinned;
        _lines.AddRange(result.Lines);
        Compare(step, result.Cached);
        TakeOrigin(step, result);
        foreach (var (id, value) in result.Variables ?? []) SetVariable(step, id, value);
        foreach (var (name, value) in result.WorkflowOutputs ?? []) SetWorkflowOutput(step, name, value);
        if (result.CorrelationId is { } correlation) Correlate(correlation);
        if (result.Name is { } name2) Name = name2;
        if (result.Outputs is { } outputs) SetOutputs(step, outputs);

        if (result.Fault is { } fault) Faulted(step, fault);
        else if (result.Suspend) Suspend(step, result.DueAt);
        else Advance(step, result);
    }

    // A run that makes another again takes results of inline steps too; one that goes on from another says so by itself.
    private void TakeOrigin(Step step, StepResult result)
    {
        step.CachedFrom = result.CachedFrom;
        if (result.CachedFrom is not null && (step.Node.Behaviour == Behaviour.Dispatch || KeepsKeys && !IsResumed)) step.Cached = true;
    }

    private static void SetVariable(Step step, string id, JsonNode? value)
    {
        var variable = step.FindVariable(id);
        if (variable is not null)
        {
            variable.Value = value?.DeepClone();
            return;
        }
        var workflow = step.Workflow();
        workflow.Variables ??= new Variables();
        workflow.Variables.Set(id, id, "Object", value?.DeepClone());
    }

    private void SetOutputs(Step step, JsonObject outputs)
    {
        step.Outputs ??= [];
        foreach (var (name, value) in outputs) step.Outputs[name] = value?.DeepClone();
        foreach (var (output, target) in step.Node.Bound)
        {
            if (outputs.TryGetPropertyValue(output, out var value)) Bind(step, target, value);
        }
        if (step.Parent is not { } parent) return;
        parent.Results ??= [];
        parent.Results[step.Node.Id] = step;
        if (step.Node.Name is { } name2) parent.Results[name2] = step;
        if (outputs.TryGetPropertyValue("result", out var result)) parent.LastResult = result?.DeepClone();
        else if (outputs.Count == 1) parent.LastResult = outputs.First().Value?.DeepClone();
    }

    private void Bind(Step step, string target, JsonNode? value)
    {
        // A step's own iteration must not catch what was meant for a variable outside of it.
        if ((step.Parent ?? step).FindVariable(target) is { } variable) variable.Value = value?.DeepClone();
        else SetWorkflowOutput(step, target, value);
    }

    /// <summary>The nearest flow gets the output; flows around it too when they declare one of that name.</summary>
    private void SetWorkflowOutput(Step step, string name, JsonNode? value)
    {
        var nearest = true;
        for (var workflow = step.Workflow(); workflow is not null; workflow = workflow.Enclosing(Behaviour.Workflow))
        {
            var declares = workflow.Node.Names!.HasOutput(name);
            if (workflow.Parent is null && (nearest || declares)) Output[name] = value?.DeepClone();
            else if (nearest || declares) (workflow.Outputs ??= [])[name] = value?.DeepClone();
            nearest = false;
        }
    }

    /// <summary>What a flow leaves behind for the activity that runs it, by camelCase name.</summary>
    private static JsonObject OutputsOf(Step workflow)
    {
        var outputs = new JsonObject();
        foreach (var (name, value) in workflow.Outputs ?? []) outputs[JsonNamingPolicy.CamelCase.ConvertName(name)] = value?.DeepClone();
        return outputs;
    }
}
