using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Contract.Checks;

/// <summary>Every problem of a flow at once. Runs in the browser too.</summary>
public static class FlowChecks
{
    /// <param name="flows">Flows that may be used as activities; empty when unknown.</param>
    public static IReadOnlyList<FlowProblem> Of(FlowDefinition flow, ActivityCatalog catalog, IReadOnlyCollection<FlowDefinition>? flows = null) => [];
}
