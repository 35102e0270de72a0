using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Contract.Checks;

/// <summary>A flow laid out for checking: each activity with its descriptor, each flowchart as arrays.</summary>
internal sealed class CheckedFlow
{
    private readonly Dictionary<PlacedActivity, ChartMap> _charts = [];

    public CheckedFlow(FlowDefinition flow, ActivityCatalog catalog, IReadOnlyCollection<FlowDefinition>? flows)
    {
        (Flow, Catalog, Index) = (flow, catalog, new FlowIndex(flow));
        KnowsFlows = flows is not null;
        foreach (var other in flows ?? [])
        {
            Flows[other.DefinitionId] = other;
            FlowTypes[other.ActivityType] = other;
        }
        Nodes = Index.All.Select(placed => new CheckedNode(placed, this)).ToList();
        ByPlace = Nodes.ToDictionary(node => node.Place);
        // Children come after what they are in.
        foreach (var node in Nodes.Reverse())
        {
            node.MayStop |= EndlessChecks.Stops(node.Activity, node.Descriptor);
            if (node.MayStop && node.Place.Parent is { } around) ByPlace[around].MayStop = true;
        }
        foreach (var node in Nodes.Where(node => node.Activity.IsFlowchart)) _charts[node.Place] = new ChartMap(node, this);
    }

    public FlowDefinition Flow { get; }

    public ActivityCatalog Catalog { get; }

    public FlowIndex Index { get; }

    public bool KnowsFlows { get; }

    public Dictionary<string, FlowDefinition> Flows { get; } = [];

    public Dictionary<string, FlowDefinition> FlowTypes { get; } = [];

    public IReadOnlyList<CheckedNode> Nodes { get; }

    public Dictionary<PlacedActivity, CheckedNode> ByPlace { get; }

    public IReadOnlyCollection<ChartMap> Charts => _charts.Values;

    public ChartMap? ChartOf(PlacedActivity container) => _charts.GetValueOrDefault(container);
}
