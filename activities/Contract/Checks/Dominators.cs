using Flows.Contract.Graphs;

namespace Flows.Contract.Checks;

/// <summary>What every way from the start goes through, over forward connections. The ports of a decision count as places of their own.</summary>
internal sealed class Dominators
{
    private readonly ChartMap _map;
    private readonly Dictionary<(int, string), int> _ports = [];
    private readonly List<(int Decision, string Port)> _owners = [];
    private readonly DominatorTree _tree;
    private readonly int[] _portAbove;

    public Dominators(ChartMap map, ForwardArrows forward)
    {
        _map = map;
        var (from, to) = (new List<int>(), new List<int>());
        for (var edge = 0; edge < map.Edges.Length; edge++)
        {
            if (!forward.Is[edge]) continue;
            from.Add(PlaceOf(edge));
            to.Add(map.To[edge]);
        }
        foreach (var ((source, _), port) in _ports)
        {
            from.Add(source);
            to.Add(port);
        }
        _tree = new DominatorTree(new Arrows(map.Places.Count + _owners.Count, [.. from], [.. to]), map.Start);
        _portAbove = new int[map.Places.Count + _owners.Count];
        foreach (var place in _tree.TopDown) _portAbove[place] = IsPort(place) ? place : place == map.Start ? -1 : _portAbove[_tree.Above(place)];
    }

    /// <summary>True when every way from the start to a node goes through another.</summary>
    public bool Dominates(int upper, int node) => _tree.Dominates(upper, node);

    /// <summary>The decision of which one port leads to one connection and another port to the other, so that never both are followed; null when there is none.</summary>
    public int? DecisionBetween(int edge, int other)
    {
        var (one, two) = (PlaceOf(edge), PlaceOf(other));
        if (!IsReached(one) || !IsReached(two)) return null;
        var meet = _tree.Meet(one, two);
        return IsPort(_tree.Below(meet, one)) && IsPort(_tree.Below(meet, two)) ? meet : null;
    }

    /// <summary>Ports that only lead to one of the connections while the way to the others is open anyhow: the nearest to each.</summary>
    public IEnumerable<(int Decision, string Port)> DecisionsBefore(IReadOnlyCollection<int> edges)
    {
        var places = edges.Select(PlaceOf).Where(IsReached).ToList();
        if (places.Count < 2) yield break;
        var meet = places.Aggregate(_tree.Meet);
        foreach (var place in places)
        {
            if (_portAbove[place] is var port and >= 0 && port != meet && _tree.Dominates(meet, port)) yield return _owners[port - _map.Places.Count];
        }
    }

    private bool IsReached(int place) => place < _portAbove.Length && _tree.IsReached(place);

    private bool IsPort(int place) => place >= _map.Places.Count;

    private int PlaceOf(int edge)
    {
        var source = _map.From[edge];
        if (!_map.IsExclusive(source)) return source;
        var port = (source, _map.Edges[edge].SourcePort ?? "");
        if (_ports.TryGetValue(port, out var place)) return place;
        _owners.Add((source, _map.Edges[edge].SourcePort ?? "Done"));
        return _ports[port] = _map.Places.Count + _owners.Count - 1;
    }
}
