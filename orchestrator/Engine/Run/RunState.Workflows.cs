using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Engine.Graph;
using Flows.Engine.Run;

namespace Flows.Engine;

/// <summary>Flows used as activities: they run in the same run.</summary>
public sealed partial class RunState
{
    private void EnterWorkflow(Step step, Node? workflow)
    {
        if (workflow is null) throw new FlowFault($"There is no published flow for the activity '{step.Node.Type}' ('{step.Node.Id}').");
        Schedule(workflow, step);
    }

    private void LeaveWorkflow(Step step, Step workflow)
    {
        SetOutputs(step, OutputsOf(workflow));
        Complete(step, workflow.Outcomes);
    }

    /// <summary>An input of the flow a step belongs to: of the nearest flow that has it, else of the run.</summary>
    internal JsonNode? InputOf(Step step, string name)
    {
        for (var workflow = step.Workflow(); workflow.Parent is { } activity; workflow = activity.Workflow())
        {
            if (Lookup(activity.Inputs, name, out var value)) return value;
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
