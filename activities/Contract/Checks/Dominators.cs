namespace Flows.Contract.Checks;

/// <summary>
/// What every way from the start goes through, over forward connections. The ports of a decision count as places of their own.
/// K. Cooper, T. Harvey, K. Kennedy, "A simple, fast dominance algorithm" (2001).
/// </summary>
internal sealed class Dominators
{
    private readonly ChartMap _map;
    private readonly Dictionary<(int, string), int> _ports = [];
    private readonly List<int> _portOwner = [];
    private readonly List<List<int>> _next = [];
    private readonly List<List<int>> _previous = [];
    private readonly int[] _above;
    private readonly int[] _depth;
    private readonly int[] _order;

    public Dominators(ChartMap map, ForwardEdges forward)
    {
        _map = map;
        for (var node = 0; node < map.Places.Count; node++) Add(node);
        for (var edge = 0; edge < map.Edges.Length; edge++)
        {
            if (forward.Is[edge]) Connect(PlaceOf(edge), map.To[edge]);
        }
        (_above, _depth, _order) = (new int[_next.Count], new int[_next.Count], new int[_next.Count]);
        Array.Fill(_above, -1);
        if (map.Start >= 0) Solve(Postorder());
    }

    /// <summary>True when every way from the start to a node goes through another.</summary>
    public bool Dominates(int upper, int node)
    {
        if (_above[node] < 0 || _above[upper] < 0) return false;
        while (_depth[node] > _depth[upper]) node = _above[node];
        return node == upper;
    }

    /// <summary>The decision of which one port leads to one connection and another port to the other, so that never both are followed; null when there is none.</summary>
    public int? DecisionBetween(int edge, int other)
    {
        var (one, two) = (PlaceOf(edge), PlaceOf(other));
        if (_above[one] < 0 || _above[two] < 0) return null;
        var (left, right) = (-1, -1);
        while (one != two)
        {
            if (_depth[one] >= _depth[two]) (left, one) = (one, _above[one]);
            else (right, two) = (two, _above[two]);
        }
        return IsPort(left) && IsPort(right) ? one : null;
    }

    private bool IsPort(int place) => place >= _map.Places.Count;

    private int Add(int owner)
    {
        _portOwner.Add(owner);
        _next.Add([]);
        _previous.Add([]);
        return _next.Count - 1;
    }

    private void Connect(int from, int to)
    {
        _next[from].Add(to);
        _previous[to].Add(from);
    }

    private int PlaceOf(int edge)
    {
        var source = _map.From[edge];
        if (!_map.IsExclusive(source)) return source;
        var port = (source, _map.Edges[edge].SourcePort ?? "");
        if (_ports.TryGetValue(port, out var place)) return place;
        _ports[port] = place = Add(source);
        Connect(source, place);
        return place;
    }

    private List<int> Postorder()
    {
        var done = new List<int>();
        var seen = new bool[_next.Count];
        var open = new Stack<(int Place, int Next)>([(_map.Start, 0)]);
        seen[_map.Start] = true;
        while (open.TryPop(out var at))
        {
            if (at.Next == _next[at.Place].Count)
            {
                _order[at.Place] = done.Count;
                done.Add(at.Place);
                continue;
            }
            open.Push((at.Place, at.Next + 1));
            var next = _next[at.Place][at.Next];
            if (seen[next]) continue;
            seen[next] = true;
            open.Push((next, 0));
        }
        return done;
    }

    // Without back edges one pass in reverse postorder is enough.
    private void Solve(List<int> postorder)
    {
        _above[_map.Start] = _map.Start;
        for (var at = postorder.Count - 2; at >= 0; at--)
        {
            var place = postorder[at];
            var above = -1;
            foreach (var previous in _previous[place])
            {
                if (_above[previous] < 0) continue;
                above = above < 0 ? previous : Meet(above, previous);
            }
            _above[place] = above;
            _depth[place] = _depth[above] + 1;
        }
    }

    private int Meet(int one, int two)
    {
        while (one != two)
        {
            if (_order[one] < _order[two]) one = _above[one];
            else two = _above[two];
        }
        return one;
    }
}
