using System.Collections.Concurrent;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Engine;

namespace Flows.Hub.Runs;

/// <summary>
/// Flows compiled for running, kept by the digest of their JSON: they are started far more often than they change. One that
/// uses other flows is compiled for each run, whose own matter it is which versions of them it uses.
/// </summary>
/// <param name="most">Activities of all flows that are kept. 20,000 take about as much memory as their JSON ten times.</param>
public sealed class CompiledFlows(ActivityCatalog catalog, int most = 20_000)
{
    private readonly ConcurrentDictionary<string, FlowGraph> _known = [];
    private int _activities;

    /// <param name="digest">Of the definition's JSON.</param>
    /// <param name="children">Finds the flows that the run uses as activities.</param>
    public FlowGraph Of(FlowDefinition definition, string digest, Func<string, int?, FlowDefinition?> children)
    {
        if (_known.TryGetValue(digest, out var known)) return known;
        var isAlone = true;
        var graph = FlowGraph.Compile(definition, (name, version) =>
        {
            isAlone = false;
            return children(name, version);
        }, catalog);
        if (isAlone) Keep(digest, graph);
        return graph;
    }

    private void Keep(string digest, FlowGraph graph)
    {
        var activities = graph.Definition.Activities().Count();
        // Of two that compile the same flow at once, one keeps it.
        if (activities > most || !_known.TryAdd(digest, graph)) return;
        if (Interlocked.Add(ref _activities, activities) > most)
        {
            _known.Clear();
            _activities = 0;
        }
    }
}
