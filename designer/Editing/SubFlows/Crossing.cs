using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Designer.Editing.SubFlows;

/// <summary>One way out of a selection: an outcome of a node, and where it leads.</summary>
/// <param name="Port">Null for the default outcome.</param>
internal sealed record WayOut(string Source, string? Port, IReadOnlyList<string> Targets);

/// <summary>The control wires that cross the border of a selection, and whether one node can stand in its place.</summary>
internal sealed class Crossing
{
    private readonly ActivityCatalog _catalog;
    private readonly IReadOnlyList<FlowActivity> _chosen;
    private readonly HashSet<string> _inside;

    public Crossing(FlowActivity chart, IReadOnlyList<FlowActivity> chosen, ActivityCatalog catalog)
    {
        (_catalog, _chosen) = (catalog, chosen);
        _inside = [.. chosen.Select(activity => activity.Id)];
        Wires = chart.Connections;
        Within = [.. Wires.Where(wire => _inside.Contains(wire.Source) && _inside.Contains(wire.Target))];
        In = [.. Wires.Where(wire => !_inside.Contains(wire.Source) && _inside.Contains(wire.Target))];
        Out = [.. Wires.Where(wire => _inside.Contains(wire.Source) && !_inside.Contains(wire.Target)).GroupBy(wire => (wire.Source, Port: wire.SourcePort is "Done" ? null : wire.SourcePort))
            .Select(way => new WayOut(way.Key.Source, way.Key.Port, [.. way.Select(wire => wire.Target).Distinct().Order(StringComparer.Ordinal)]))];
        Entries = [.. chosen.Select(activity => activity.Id).Where(id => In.Any(wire => wire.Target == id) || Wires.All(wire => wire.Target != id))];
    }

    public IReadOnlyList<FlowConnection> Wires { get; }

    public IReadOnlyList<FlowConnection> Within { get; }

    public IReadOnlyList<FlowConnection> In { get; }

    public IReadOnlyList<WayOut> Out { get; }

    /// <summary>Nodes at which the selection is entered from outside, or begins by itself.</summary>
    public IReadOnlyList<string> Entries { get; }

    /// <summary>All ways out lead to the same, and nothing ends inside that others go on from: the new flow's end is the way on.</summary>
    public bool EndsAsOne => Out.Count == 0 || OneWay && !(Forks ? HalfEnds : Ends).Any();

    private bool OneWay => Out.DistinctBy(way => string.Join('\n', way.Targets)).Count() == 1;

    // Branches beside each other.
    private bool Forks => _chosen.Any(activity => activity.Type == "Elsa.FlowFork") || Within.GroupBy(wire => (wire.Source, wire.SourcePort ?? "Done")).Any(way => way.Count() > 1)
        || Out.Any(way => Within.Any(wire => wire.Source == way.Source && (wire.SourcePort is "Done" ? null : wire.SourcePort) == way.Port));

    private IEnumerable<string> Ends => _chosen.Where(activity => Open(activity).Any()).Select(activity => activity.Id);

    private IEnumerable<string> HalfEnds => _chosen.Where(activity => Wires.Any(wire => wire.Source == activity.Id) && Open(activity).Any()).Select(activity => activity.Id);

    /// <summary>Why one node cannot stand in the selection's place; null when it can.</summary>
    public string? Refusal(Func<string, string> title)
    {
        if (Entries.Count > 1) return $"The selection is entered at more than one node ({string.Join(", ", Entries.Select(title))}); a flow has one beginning. Choose nodes that begin with one.";
        if (Entries.Count == 0) return "Nothing leads into the selection: a flow needs a beginning.";
        return !EndsAsOne && Forks ? $"The selection has branches beside each other and more than one way out ({string.Join(", ", Out.Select(way => title(way.Source)).Distinct())}); choose nodes that come together before they go on." : null;
    }

    /// <summary>What each way out is called as an outcome of the new flow.</summary>
    public IReadOnlyList<(WayOut Way, string Outcome)> Outcomes(Func<string, string> title)
    {
        if (EndsAsOne) return [.. Out.Select(way => (way, "Done"))];
        var taken = new HashSet<string> { "Done" };
        var named = new Dictionary<string, string>();
        foreach (var way in Out)
        {
            var (stem, key, number) = (way.Port ?? title(way.Source), string.Join('\n', way.Targets) + '\n' + way.Port, 1);
            if (named.ContainsKey(key)) continue;
            var name = stem;
            while (!taken.Add(name)) name = $"{stem} {++number}";
            named[key] = name;
        }
        return [.. Out.Select(way => (way, named[string.Join('\n', way.Targets) + '\n' + way.Port]))];
    }

    private IEnumerable<string> Open(FlowActivity activity) =>
        (_catalog.Find(activity.Type) is { } descriptor ? FlowPorts.Outcomes(activity, descriptor) : ["Done"])
            .Where(outcome => Wires.All(wire => wire.Source != activity.Id || (wire.SourcePort ?? "Done") != outcome));
}
