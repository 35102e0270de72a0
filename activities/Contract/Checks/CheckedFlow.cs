using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Contract.Checks;

/// <summary>A flow laid out for checking: each activity with its descriptor, each flowchart as arrays.</summary>
internal sealed class CheckedFlow
{
    private readonly Dictionary<PlacedActivity, ChartMap> _charts = [];
    private readonly List<CheckedNode> _nodes = [];

    public CheckedFlow(FlowDefinition flow, ActivityCatalog catalog, IReadOnlyCollection<FlowDefinition>? flows)
    {
        (Flow, Catalog, Index) = (flow, catalog, new FlowIndex(flow));
        KnowsFlows = flows is not null;
        foreach (var other in flows ?? [])
        {
            Flows[other.DefinitionId] = other;
            FlowTypes[other.ActivityType] = other;
        }
    }

    /// <summary>Reads activities and wiring, one after the other; what is below holds once all are read.</summary>
    public IEnumerable<Pause> Read()
    {
        yield return default;
        foreach (var placed in Index.All)
        {
            var node = new CheckedNode(placed, this);
            _nodes.Add(node);
            ByPlace[placed] = node;
            yield return default;
        }
        // Children come after what they are in.
        foreach (var node in Enumerable.Reverse(_nodes))
        {
            node.MayStop |= EndlessChecks.Stops(node.Activity, node.Descriptor);
            if (node.MayStop && node.Place.Parent is { } around) ByPlace[around].MayStop = true;
            yield return default;
        }
        foreach (var node in _nodes.Where(node => node.Activity.IsFlowchart))
        {
            _charts[node.Place] = new ChartMap(node, this);
            yield return default;
        }
    }

    public FlowDefinition Flow { get; }

    public ActivityCatalog Catalog { get; }

    public FlowIndex Index { get; }

    public bool KnowsFlows { get; }

    public Dictionary<string, FlowDefinition> Flows { get; } = [];

    public Dictionary<string, FlowDefinition> FlowTypes { get; } = [];

    public IReadOnlyList<CheckedNode> Nodes => _nodes;

    public Dictionary<PlacedActivity, CheckedNode> ByPlace { get; } = [];

    public IReadOnlyCollection<ChartMap> Charts => _charts.Values;

    public ChartMap? ChartOf(PlacedActivity container) => _charts.GetValueOrDefault(container);
}
