namespace Flows.Contract.Graphs;

/// <summary>
/// Which arrows lead forward, as Elsa sees it: breadth first from the start, an arrow leads backward when its target
/// already reaches its source over forward ones. What the walk comes to later cannot; what brought the walk to the source
/// does; so only arrows across the tree within one knot are looked into, from both ends at once.
/// </summary>
public sealed class ForwardArrows
{
    private readonly Arrows _arrows;
    private readonly Knots _knots;
    private readonly BreadthFirst _walk;
    private readonly int[] _below;
    private readonly int[] _above;
    private readonly int[] _verdictOf;
    private readonly bool[] _verdict;
    private int _round;

    public ForwardArrows(Arrows arrows, int start, Knots? knots = null)
    {
        (_arrows, _knots, _walk) = (arrows, knots ?? new Knots(arrows), new BreadthFirst(arrows, start));
        (_below, _above) = (new int[arrows.Nodes], new int[arrows.Nodes]);
        (_verdictOf, _verdict) = (new int[arrows.Nodes], new bool[arrows.Nodes]);
        (Is, IsBackward) = (new bool[arrows.Count], new bool[arrows.Count]);
        foreach (var source in _walk.Order) Admit(source);
    }

    public bool[] Is { get; }

    /// <summary>Comes from what the start reaches and leads back; arrows that are never reached are neither.</summary>
    public bool[] IsBackward { get; }

    /// <summary>Arrows looked at so far to find out whether one node leads to another.</summary>
    public long Looked { get; private set; }

    /// <summary>True when forward arrows lead from one node to another one.</summary>
    public bool Leads(int from, int to)
    {
        if (from == to || _walk.At[from] < 0 || _walk.At[to] < 0 || _knots.Of[from] > _knots.Of[to]) return false;
        return _walk.IsAbove(from, to) || Meet(from, to);
    }

    // Parallel arrows between the same two nodes share the verdict of the first.
    private void Admit(int source)
    {
        foreach (var arrow in _arrows.Out[source])
        {
            var target = _arrows.To[arrow];
            if (_verdictOf[target] != source + 1) (_verdictOf[target], _verdict[target]) = (source + 1, IsForward(source, target));
            Is[arrow] = _verdict[target];
            IsBackward[arrow] = !_verdict[target];
        }
    }

    private bool IsForward(int source, int target)
    {
        if (_walk.At[target] > _walk.At[source] || _knots.Of[target] != _knots.Of[source]) return target != source;
        return target != source && !_walk.IsAbove(target, source) && !Meet(target, source);
    }

    // The side that has had less to do goes on: where one of them is short, the walk is.
    private bool Meet(int from, int to)
    {
        _round++;
        var (down, up) = (new Stack<int>([from]), new Stack<int>([to]));
        (_below[from], _above[to]) = (_round, _round);
        var (downWork, upWork) = (0, 0);
        while (down.Count > 0 && up.Count > 0)
        {
            var goesDown = downWork <= upWork;
            var arrows = goesDown ? _arrows.Out[down.Pop()] : _arrows.In[up.Pop()];
            if (goesDown) downWork += arrows.Length + 1;
            else upWork += arrows.Length + 1;
            Looked += arrows.Length;
            if (goesDown ? Step(arrows, _arrows.To, down, _below, _above) : Step(arrows, _arrows.From, up, _above, _below)) return true;
        }
        return false;
    }

    private bool Step(int[] arrows, int[] ends, Stack<int> open, int[] mine, int[] other)
    {
        foreach (var arrow in arrows)
        {
            var end = ends[arrow];
            if (!Is[arrow] || mine[end] == _round) continue;
            if (other[end] == _round) return true;
            mine[end] = _round;
            open.Push(end);
        }
        return false;
    }
}
