using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Contract.Checks;

/// <summary>
/// The checks of one flow in small pieces, for who must not hold up others meanwhile: the browser, with one thread for all.
/// The flow must not change between two pieces; after a change the checks begin anew.
/// </summary>
/// <param name="flows">Flows that may be used as activities; null when it is not known which there are.</param>
public sealed class FlowChecking(FlowDefinition flow, ActivityCatalog catalog, IReadOnlyCollection<FlowDefinition>? flows = null)
{
    private readonly Findings _found = new();
    private IEnumerator<Pause>? _rest;

    /// <summary>What was found so far.</summary>
    public IReadOnlyList<FlowProblem> Found => _found.All;

    /// <summary>Does one more piece.</summary>
    /// <returns>False when there was none left.</returns>
    public bool Go() => (_rest ??= Pieces().GetEnumerator()).MoveNext();

    private IEnumerable<Pause> Pieces()
    {
        if (flow.Root is null)
        {
            _found.Error("no-root", null, "root", "The flow has no root activity.", "Start from a new flow, or import the file again.");
            return [];
        }
        var scene = new CheckedFlow(flow, catalog, flows);
        if (scene.Index.All.Count <= FlowChecks.MaxActivities) return All(scene);
        _found.Error("too-large", null, null, $"The flow has {scene.Index.All.Count} activities, more than {FlowChecks.MaxActivities}.", "Split it into flows that use each other.");
        return [];
    }

    // Each begins when the one before it is through.
    private IEnumerable<Pause> All(CheckedFlow scene) =>
        scene.Read().Concat(IdentityChecks.Find(scene, _found)).Concat(Alone(scene)).Concat(Together(scene));

    // What is not carried out need not be complete.
    private IEnumerable<Pause> Alone(CheckedFlow scene)
    {
        foreach (var node in scene.Nodes.Where(node => !node.Activity.IsDisabled))
        {
            InputChecks.Find(node, catalog, _found);
            PolicyChecks.Find(node, _found);
            ApprovalChecks.Find(node, _found);
            EndlessChecks.Find(node, _found);
            yield return default;
        }
    }

    private IEnumerable<Pause> Together(CheckedFlow scene)
    {
        var wiring = new DataWiring(scene);
        foreach (var pause in wiring.Read()) yield return pause;
        VariableChecks.Find(wiring, _found);
        yield return default;
        foreach (var pause in scene.Charts.SelectMany(chart => ChartChecks.Find(chart, _found))) yield return pause;
        foreach (var pause in DataOrderChecks.Find(scene, wiring, _found)) yield return pause;
        WriterChecks.Find(scene, wiring, _found);
    }
}

/// <summary>A place where checks can wait for others.</summary>
internal readonly record struct Pause;
