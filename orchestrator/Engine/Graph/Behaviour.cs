namespace Flows.Engine.Graph;

/// <summary>What the core itself does with an activity; everything else is carried out by the executor and then completes.</summary>
internal enum Behaviour
{
    /// <summary>Carried out inline, then completes.</summary>
    Execute,
    /// <summary>Carried out by a runner, then completes.</summary>
    Dispatch,
    /// <summary>Completes at once with fixed outcomes: Start, FlowNode, FlowJoin, a FlowFork with literal branches.</summary>
    Pass,
    /// <summary>Completes and ends its flowchart.</summary>
    End,
    Finish,
    Complete,
    Break,
    Flowchart,
    Sequence,
    Parallel,
    Fork,
    Composite,
    If,
    Switch,
    While,
    For,
    ForEach,
    ParallelForEach,

    /// <summary>A body, what to do when it faults, and what to do in the end.</summary>
    TryCatch,
    /// <summary>The definition itself.</summary>
    Workflow,
    /// <summary>A flow used as an activity.</summary>
    WorkflowActivity,
    /// <summary>A flow named by an input, as a run of its own.</summary>
    ExecuteWorkflow,

    /// <summary>The same, for each item of a list.</summary>
    BulkDispatch,
}

internal enum JoinMode { WaitAny, WaitAll, WaitAllActive }

internal enum MergeMode { Stream, Merge, Converge, Cascade, Race }
