using System.Collections;

namespace Flows.Engine.Graph;

/// <summary>
/// A flowchart as seen from its start: which connections lead forward and which loop back.
/// Breadth first from the start, a connection is backward when its target already reaches its source over forward ones.
/// </summary>
internal sealed class ChartRoute
{
    private readonly ChartPlan _plan;
    private readonly bool[] _forward;
    private readonly bool?[] _loopIsSound;
    private readonly BitArray?[] _ancestors;
    private readonly int[] _mark;
    private int _round;

    public ChartRoute(ChartPlan plan, int start)
    {
        (_plan, Start) = (plan, start);
        _forward = new bool[plan.Edges];
        _loopIsSound = new bool?[plan.Edges];
        _ancestors = new BitArray?[plan.Nodes.Length];
        _mark = new int[plan.Nodes.Length];
        Explore();
        ForwardIn = Array.ConvertAll(plan.In, edges => Array.FindAll(edges, edge => _forward[edge]));
    }

    public int Start { get; }

    /// <summary>Forward connections that enter a child.</summary>
    public int[][] ForwardIn { get; }

    public bool IsForward(int edge) => _forward[edge];

    /// <summary>Not reachable from the start over forward connections.</summary>
    public bool IsDangling(int node) => node != Start && ForwardIn[node].Length == 0;

    /// <summary>True when every way from the start to the connection's source goes through its target.</summary>
    public bool LoopIsSound(int edge)
    {
        lock (_mark) return _loopIsSound[edge] ??= !ReachesStart(_plan.From[edge], avoiding: _plan.To[edge]);
    }

    /// <summary>Children from which a child can be reached over forward connections.</summary>
    public BitArray AncestorsOf(int node)
    {
        lock (_mark) return _ancestors[node] ??= FindAncestors(node);
    }

    private void Explore()
    {
        var queued = new bool[_plan.Nodes.Length];
        var queue = new Queue<int>([Start]);
        queued[Start] = true;
        while (queue.TryDequeue(out var source))
        {
            foreach (var target in Admit(source))
            {
                if (!queued[target]) queue.Enqueue(target);
                queued[target] = true;
            }
        }
    }

    // Parallel connections between the same two children share the verdict of the first.
    private List<int> Admit(int source)
    {
        var verdicts = new Dictionary<int, bool>();
        var admitted = new List<int>();
        foreach (var edge in _plan.Out[source])
        {
            var target = _plan.To[edge];
            if (!verdicts.TryGetValue(target, out var forward))
            {
                verdicts[target] = forward = !Reaches(target, source);
                if (forward) admitted.Add(target);
            }
            _forward[edge] = forward;
        }
        return admitted;
    }

    private bool Reaches(int from, int to)
    {
        if (from == to) return true;
        _round++;
        var open = new Stack<int>([from]);
        _mark[from] = _round;
        while (open.TryPop(out var node))
        {
            foreach (var edge in _plan.Out[node])
            {
                if (!_forward[edge] || _mark[_plan.To[edge]] == _round) continue;
                if (_plan.To[edge] == to) return true;
                _mark[_plan.To[edge]] = _round;
                open.Push(_plan.To[edge]);
            }
        }
        return false;
    }

    // One walk backwards that may not step on the target replaces listing every path.
    private bool ReachesStart(int source, int avoiding)
    {
        if (source == avoiding) return false;
        _round++;
        var open = new Stack<int>([source]);
        _mark[source] = _round;
        while (open.TryPop(out var node))
        {
            if (node == Start) return true;
            foreach (var edge in ForwardIn[node])
            {
                var previous = _plan.From[edge];
                if (previous == avoiding || _mark[previous] == _round) continue;
                _mark[previous] = _round;
                open.Push(previous);
            }
        }
        return false;
    }

    private BitArray FindAncestors(int node)
    {
        var found = new BitArray(_plan.Nodes.Length);
        var open = new Stack<int>([node]);
        while (open.TryPop(out var current))
        {
            foreach (var edge in ForwardIn[current])
            {
                if (found[_plan.From[edge]]) continue;
                found[_plan.From[edge]] = true;
                open.Push(_plan.From[edge]);
            }
        }
        return found;
    }
}
