namespace Flows.Contract.Checks;

/// <summary>
/// Which connections lead forward, as Elsa sees it: breadth first from the start,
/// a connection is backward when its target already reaches its source. Only inside a knot can that be.
/// </summary>
internal sealed class ForwardEdges
{
    private readonly ChartMap _map;
    private readonly int[] _mark;
    private int _round;

    public ForwardEdges(ChartMap map)
    {
        _map = map;
        _mark = new int[map.Places.Count];
        Is = new bool[map.Edges.Length];
        IsBackward = new bool[map.Edges.Length];
        if (map.Start >= 0) Explore();
    }

    public bool[] Is { get; }

    /// <summary>Explored from the start and leading back; connections that are never reached are neither.</summary>
    public bool[] IsBackward { get; }

    private void Explore()
    {
        var queued = new bool[_map.Places.Count];
        var queue = new Queue<int>([_map.Start]);
        queued[_map.Start] = true;
        while (queue.TryDequeue(out var source))
        {
            foreach (var edge in _map.Out[source])
            {
                var target = _map.To[edge];
                IsBackward[edge] = _map.Knots.Of[source] == _map.Knots.Of[target] && Reaches(target, source);
                Is[edge] = !IsBackward[edge];
                if (!Is[edge] || queued[target]) continue;
                queued[target] = true;
                queue.Enqueue(target);
            }
        }
    }

    private bool Reaches(int from, int to)
    {
        if (from == to) return true;
        _round++;
        var knot = _map.Knots.Of[from];
        var open = new Stack<int>([from]);
        while (open.TryPop(out var node))
        {
            foreach (var edge in _map.Out[node])
            {
                var target = _map.To[edge];
                if (!Is[edge] || _mark[target] == _round || _map.Knots.Of[target] != knot) continue;
                if (target == to) return true;
                _mark[target] = _round;
                open.Push(target);
            }
        }
        return false;
    }
}
