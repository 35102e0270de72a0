using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Hub.Flows;

/// <summary>What runs need to know of the store of flows.</summary>
public interface IFlowLookup
{
    /// <summary>The version that runs: the published one, or with <paramref name="draft"/> the latest as it stands; null when there is none.</summary>
    Task<FlowDefinition?> RunnableAsync(string definitionId, bool draft, CancellationToken cancellation);

    /// <summary>A published flow by definition id, activity type or the id of one of its versions, as <see cref="Engine.FlowGraph.Compile"/> asks for children.</summary>
    FlowDefinition? Child(string name, int? version);

    /// <summary>Published flows that may be used as activities.</summary>
    IReadOnlyList<ActivityDescriptor> Descriptors();
}
