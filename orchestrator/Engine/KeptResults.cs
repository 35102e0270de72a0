using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine.Graph;
using Flows.Engine.Run;

namespace Flows.Engine;

/// <summary>
/// What the steps of an earlier run gave, offered to a run that goes on from it. A result is kept when the activity's JSON
/// and its evaluated inputs are the same and nothing before the step was done anew.
/// </summary>
public sealed class KeptResults
{
    private readonly Dictionary<string, Kept> _kept = [];
    private readonly FlowDefinition _before;
    private readonly string _runId;

    private sealed record Kept(JsonObject Activity, StepResult Result);

    /// <param name="graph">What the earlier run ran.</param>
    /// <param name="events">Its whole journal.</param>
    public KeptResults(string runId, FlowGraph graph, IEnumerable<RunEvent> events)
    {
        (_runId, _before) = (runId, graph.Definition);
        var state = new RunState(runId, graph) { KeepsKeys = true };
        var results = new Dictionary<int, StepResult>();
        foreach (var happened in events)
        {
            if (happened is RunEvent.StepEnded ended && state.Accepts(ended)) results[ended.Step] = ended.Result;
            state.Apply(happened);
        }
        foreach (var (number, result) in results) Keep(state.StepAt(number), result);
    }

    /// <summary>The recorded result of a step whose inputs were evaluated; null when the step has to be done.</summary>
    public StepResult? For(RunState state, int step, JsonObject? inputs)
    {
        var at = state.StepAt(step);
        if (!IsWork(at.Node.Behaviour) || Find(at, inputs) is not { } kept) return null;
        if (!Same(kept.Activity, Bare(at.Node.Activity)) || ReadsMore(at.Node) && VariablesChanged(state.Graph.Definition)) return null;
        return kept.Result with { Cached = true, CachedFrom = kept.Result.CachedFrom ?? _runId };
    }

    /// <summary>A container's inputs were evaluated anew: says in the result whether they are what they were.</summary>
    public StepResult Compared(RunState state, int step, StepResult result)
    {
        var at = state.StepAt(step);
        return IsCompared(at.Node.Behaviour) && result.Fault is null && Find(at, result.Inputs) is not null ? result with { Cached = true } : result;
    }

    /// <summary>A step's pinned outputs: says in the result whether they are what the earlier run gave, so that what follows may be kept.</summary>
    public StepResult Pinned(RunState state, int step, StepResult result) => state.StepAt(step) is { IsStale: false, Key: { } key }
        && _kept.GetValueOrDefault(key) is { } kept && Same(kept.Result.Outputs ?? [], result.Outputs) ? result with { Cached = true } : result;

    /// <summary>Containers whose bodies see their inputs.</summary>
    internal static bool IsCompared(Behaviour behaviour) =>
        behaviour is Behaviour.For or Behaviour.ForEach or Behaviour.ParallelForEach or Behaviour.WorkflowActivity;

    private static bool IsWork(Behaviour behaviour) => behaviour is Behaviour.Execute or Behaviour.Dispatch or Behaviour.ExecuteWorkflow or Behaviour.BulkDispatch;

    private void Keep(Step step, StepResult result)
    {
        if (result.Fault is not null || !IsCompared(step.Node.Behaviour) && !(IsWork(step.Node.Behaviour) && step.Status == StepStatus.Completed)) return;
        // What a flow did that faulted is worth another try; what was done for each of many is not known from the result.
        if (step.Offspring is { } children && (children.All.Any(child => child.End is not (null or RunSubStatus.Finished)) || step.Node.Slots.Count > 0)) return;
        // A step that waited has its outputs from what it waited for.
        _kept[step.Key!] = new Kept(Bare(step.Node.Activity), result with { Outputs = step.Outputs, Outcomes = step.Outcomes ?? [], Suspend = false, DueAt = null });
    }

    private Kept? Find(Step step, JsonObject? inputs) =>
        !step.IsStale && step.Key is { } key && _kept.GetValueOrDefault(key) is { } kept && Same(kept.Result.Inputs, inputs) ? kept : null;

    // Where a node stands on the canvas and what is pinned to it make no difference to what it does.
    private static JsonObject Bare(FlowActivity activity)
    {
        var bare = new JsonObject(activity.Json.Where(property => property.Key != "metadata").Select(property => KeyValuePair.Create(property.Key, property.Value?.DeepClone())));
        if (bare["customProperties"] is not JsonObject custom) return bare;
        custom.Remove(PinnedOutput.Property);
        if (custom.Count == 0) bare.Remove("customProperties");
        return bare;
    }

    private static bool Same(JsonNode? before, JsonNode? now) => JsonNode.DeepEquals(Read(before), Read(now));

    // A value that was read and one that was evaluated compare as what they are in JSON.
    private static JsonNode? Read(JsonNode? node) => JsonNode.Parse(node?.ToJsonString(ContractJson.Options) ?? "null");

    // Their scripts may read variables that stand in none of their inputs.
    private static bool ReadsMore(Node node) => node.Type is "Elsa.RunJavaScript" or "Elsa.FlowSwitch";

    private bool VariablesChanged(FlowDefinition now) => now.Variables.Any(variable =>
        _before.Variables.FirstOrDefault(one => one.Id == variable.Id) is { } before && !Same(before.Json, variable.Json));
}
