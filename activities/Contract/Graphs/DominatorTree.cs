namespace Flows.Contract.Graphs;

/// <summary>
/// What every way from the start goes through, in a graph without cycles. Each node knows the one above it and one further up
/// (E. Myers, "An applicative random-access stack", 1983), so that every question takes a logarithm of the depth.
/// </summary>
public sealed class DominatorTree
{
    private readonly int[] _above;
    private readonly int[] _jump;
    private readonly int[] _depth;

    public DominatorTree(Arrows arrows, int start)
    {
        (_above, _jump, _depth) = (new int[arrows.Nodes], new int[arrows.Nodes], new int[arrows.Nodes]);
        Array.Fill(_above, -1);
        (_above[start], _jump[start]) = (start, start);
        var order = Order(arrows, start);
        foreach (var node in order.Skip(1)) Place(node, arrows);
        TopDown = order;
    }

    /// <summary>Steps taken so far.</summary>
    public long Looked { get; private set; }

    /// <summary>Nodes that the start reaches, each after all that lead to it.</summary>
    public IReadOnlyList<int> TopDown { get; }

    public bool IsReached(int node) => _above[node] >= 0;

    /// <summary>The nearest node that every way to this one goes through; the start is its own.</summary>
    public int Above(int node) => _above[node];

    /// <summary>True when every way from the start to a node goes through another; a node dominates itself.</summary>
    public bool Dominates(int upper, int node) => IsReached(upper) && IsReached(node) && _depth[upper] <= _depth[node] && Lift(node, _depth[upper]) == upper;

    /// <summary>The nearest node that every way to either goes through.</summary>
    public int Meet(int one, int other)
    {
        if (_depth[one] > _depth[other]) one = Lift(one, _depth[other]);
        else other = Lift(other, _depth[one]);
        while (one != other)
        {
            Looked++;
            (one, other) = _jump[one] != _jump[other] ? (_jump[one], _jump[other]) : (_above[one], _above[other]);
        }
        return one;
    }

    /// <summary>The node directly below a dominator on the way to what it dominates; -1 when they are the same.</summary>
    public int Below(int upper, int node) => upper == node ? -1 : Lift(node, _depth[upper] + 1);

    private int Lift(int node, int depth)
    {
        while (_depth[node] > depth)
        {
            Looked++;
            node = _depth[_jump[node]] >= depth ? _jump[node] : _above[node];
        }
        return node;
    }

    private void Place(int node, Arrows arrows)
    {
        var above = -1;
        foreach (var arrow in arrows.In[node])
        {
            var from = arrows.From[arrow];
            if (IsReached(from)) above = above < 0 ? from : Meet(above, from);
        }
        (_above[node], _depth[node]) = (above, _depth[above] + 1);
        var further = _jump[above];
        _jump[node] = _depth[above] - _depth[further] == _depth[further] - _depth[_jump[further]] ? _jump[further] : above;
    }

    // Of what the start does not reach nothing counts.
    private static List<int> Order(Arrows arrows, int start)
    {
        var reached = new BreadthFirst(arrows, start);
        var waiting = new int[arrows.Nodes];
        foreach (var node in reached.Order)
        {
            foreach (var arrow in arrows.Out[node]) waiting[arrows.To[arrow]]++;
        }
        var order = new List<int>(reached.Order.Count) { start };
        for (var next = 0; next < order.Count; next++)
        {
            foreach (var arrow in arrows.Out[order[next]])
            {
                if (--waiting[arrows.To[arrow]] == 0) order.Add(arrows.To[arrow]);
            }
        }
        return order;
    }
}
