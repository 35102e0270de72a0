using Flows.Contract.Definitions;
using Flows.Contract.Runs;

namespace Flows.Engine;

/// <summary>The state of one run: mutated only by <see cref="Apply"/>, by one owner. No clock, no I/O, deterministic.</summary>
public sealed class RunState
{
    public RunState(string runId, FlowGraph graph) => throw new NotImplementedException();

    public string RunId => throw new NotImplementedException();

    public FlowGraph Graph => throw new NotImplementedException();

    public RunStatus Status => throw new NotImplementedException();

    public RunSubStatus SubStatus => throw new NotImplementedException();

    /// <summary>Takes one event and says what follows. An event that no longer fits (late result, unknown bookmark) leads to nothing.</summary>
    public Decision Apply(RunEvent happened) => throw new NotImplementedException();

    /// <summary>The activity that a step executes.</summary>
    public FlowActivity ActivityOf(int step) => throw new NotImplementedException();

    public StepRecord Step(int step) => throw new NotImplementedException();

    /// <summary>The whole run as the API shows it; the host adds project, author, trigger and live progress.</summary>
    public RunRecord ToRecord() => throw new NotImplementedException();

    /// <summary>Effects that are still open, for taking a run over after its owner died: running steps anew with the next attempt.</summary>
    public IReadOnlyList<RunEffect> Pending() => throw new NotImplementedException();
}
