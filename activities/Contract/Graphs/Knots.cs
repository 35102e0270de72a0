namespace Flows.Contract.Graphs;

/// <summary>
/// Strongly connected components: nodes that reach each other are one knot.
/// R. Tarjan, "Depth-first search and linear graph algorithms" (1972), without recursion.
/// </summary>
public sealed class Knots
{
    private readonly int[][] _out;
    private readonly int[] _to;
    private readonly int[] _index;
    private readonly int[] _low;
    private readonly bool[] _onPath;
    private readonly Stack<int> _path = new();
    private readonly List<int[]> _members = [];
    private int _next;

    public Knots(Arrows arrows)
    {
        var nodes = arrows.Nodes;
        (_out, _to) = (arrows.Out, arrows.To);
        (_index, _low, _onPath, Of) = (new int[nodes], new int[nodes], new bool[nodes], new int[nodes]);
        for (var node = 0; node < nodes; node++)
        {
            if (_index[node] == 0) Walk(node);
        }
        // Tarjan closes a knot after all that it leads to; turned around, every edge leads on.
        _members.Reverse();
        for (var node = 0; node < nodes; node++) Of[node] = _members.Count - 1 - Of[node];
    }

    /// <summary>The knot of a node; numbers grow along the edges.</summary>
    public int[] Of { get; }

    public int Count => _members.Count;

    public IReadOnlyList<int[]> Members => _members;

    public bool IsLoop(int knot) => _members[knot] is var members && (members.Length > 1 || Array.Exists(_out[members[0]], edge => _to[edge] == members[0]));

    private void Walk(int first)
    {
        var open = new Stack<(int Node, int Edge)>();
        Enter(first);
        open.Push((first, 0));
        while (open.TryPop(out var at))
        {
            if (at.Edge < _out[at.Node].Length)
            {
                open.Push((at.Node, at.Edge + 1));
                var target = _to[_out[at.Node][at.Edge]];
                if (_index[target] == 0)
                {
                    Enter(target);
                    open.Push((target, 0));
                }
                else if (_onPath[target]) _low[at.Node] = Math.Min(_low[at.Node], _index[target]);
                continue;
            }
            if (_low[at.Node] == _index[at.Node]) Close(at.Node);
            if (open.TryPeek(out var above)) _low[above.Node] = Math.Min(_low[above.Node], _low[at.Node]);
        }
    }

    private void Enter(int node)
    {
        _index[node] = _low[node] = ++_next;
        _onPath[node] = true;
        _path.Push(node);
    }

    private void Close(int root)
    {
        var members = new List<int>();
        int node;
        do
        {
            node = _path.Pop();
            _onPath[node] = false;
            Of[node] = _members.Count;
            members.Add(node);
        }
        while (node != root);
        members.Sort();
        _members.Add([.. members]);
    }
}
