using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Contract.Checks;

/// <summary>Every problem of a flow at once, in time linear in its size. Runs in the browser too; never throws for what a file says.</summary>
public static class FlowChecks
{
    /// <summary>Most activities of one flow.</summary>
    public const int MaxActivities = 50_000;

    /// <param name="flows">Flows that may be used as activities; null when it is not known which there are.</param>
    public static IReadOnlyList<FlowProblem> Of(FlowDefinition flow, ActivityCatalog catalog, IReadOnlyCollection<FlowDefinition>? flows = null)
    {
        var checking = new FlowChecking(flow, catalog, flows);
        while (checking.Go()) { }
        return checking.Found;
    }
}
