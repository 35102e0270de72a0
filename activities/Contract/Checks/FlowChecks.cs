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
        var found = new Findings();
        if (flow.Root is null)
        {
            found.Error("no-root", null, "root", "The flow has no root activity.", "Start from a new flow, or import the file again.");
            return found.All;
        }
        var scene = new CheckedFlow(flow, catalog, flows);
        if (scene.Index.All.Count > MaxActivities)
        {
            found.Error("too-large", null, null, $"The flow has {scene.Index.All.Count} activities, more than {MaxActivities}.", "Split it into flows that use each other.");
            return found.All;
        }
        IdentityChecks.Find(scene, found);
        // What is not carried out need not be complete.
        foreach (var node in scene.Nodes.Where(node => !node.Activity.IsDisabled))
        {
            InputChecks.Find(node, catalog, found);
            PolicyChecks.Find(node, found);
            ApprovalChecks.Find(node, found);
            EndlessChecks.Find(node, found);
        }
        var wiring = DataWiring.Of(scene);
        VariableChecks.Find(wiring, found);
        foreach (var chart in scene.Charts) ChartChecks.Find(chart, found);
        DataOrderChecks.Find(scene, wiring, found);
        WriterChecks.Find(scene, wiring, found);
        return found.All;
    }
}
