using Flows.Engine.Graph;
using Flows.Engine.Run;

namespace Flows.Engine;

/// <summary>What the steps of an earlier run gave, found by their place in a run over the same definition that makes it again.</summary>
public sealed class RecordedSteps
{
    private readonly Dictionary<string, RecordedStep> _steps = [];

    /// <param name="graph">What the earlier run ran.</param>
    /// <param name="events">Its whole journal.</param>
    public RecordedSteps(string runId, FlowGraph graph, IEnumerable<RunEvent> events)
    {
        var state = new RunState(runId, graph) { KeepsKeys = true };
        var results = new Dictionary<int, StepResult>();
        foreach (var happened in events)
        {
            if (happened is RunEvent.StepEnded ended && state.Accepts(ended)) results[ended.Step] = ended.Result;
            state.Apply(happened);
        }
        foreach (var (number, result) in results) Keep(runId, state.StepAt(number), result);
    }

    /// <summary>Null when the earlier run has no such step, or it never ended.</summary>
    public RecordedStep? Of(RunState state, int step) => state.StepAt(step).Key is { } key ? _steps.GetValueOrDefault(key) : null;

    // A step that waited has its outputs from what it waited for.
    private void Keep(string runId, Step step, StepResult result) => _steps[step.Key!] = new RecordedStep(
        result with { Outputs = step.Outputs ?? result.Outputs, Outcomes = step.Outcomes ?? result.Outcomes, Suspend = false, DueAt = null, Cached = true, CachedFrom = result.CachedFrom ?? runId },
        step.Node.Behaviour is Behaviour.ExecuteWorkflow or Behaviour.BulkDispatch);
}

/// <summary>What a step of an earlier run gave.</summary>
/// <param name="Result">To be given again as it is: it says where it is from.</param>
/// <param name="StartsRuns">It started runs of their own.</param>
public sealed record RecordedStep(StepResult Result, bool StartsRuns);
