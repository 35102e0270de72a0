using Flows.Contract.Definitions;

namespace Flows.Engine;

/// <summary>A definition compiled for running: nodes and edges as arrays, children of workflow-as-activity resolved.</summary>
public sealed class FlowGraph
{
    /// <param name="children">Finds the published flow that a workflow-as-activity (or a pinned version of it) runs; null when there is none.</param>
    public static FlowGraph Compile(FlowDefinition definition, Func<string, int?, FlowDefinition?> children) => throw new NotImplementedException();

    public FlowDefinition Definition => throw new NotImplementedException();
}
