namespace Flows.Contract.Graphs;

/// <summary>The order in which a breadth-first walk from one node comes to the others, and the tree of who brought it to whom.</summary>
public sealed class BreadthFirst
{
    private readonly int[] _first;
    private readonly int[] _size;

    public BreadthFirst(Arrows arrows, int start)
    {
        (Order, At) = (new List<int>(arrows.Nodes) { start }, new int[arrows.Nodes]);
        (_first, _size) = (new int[arrows.Nodes], new int[arrows.Nodes]);
        Array.Fill(At, -1);
        At[start] = 0;
        var parent = new int[arrows.Nodes];
        for (var next = 0; next < Order.Count; next++)
        {
            foreach (var arrow in arrows.Out[Order[next]])
            {
                if (At[arrows.To[arrow]] >= 0) continue;
                (At[arrows.To[arrow]], parent[arrows.To[arrow]]) = (Order.Count, Order[next]);
                Order.Add(arrows.To[arrow]);
            }
        }
        Number(parent);
    }

    /// <summary>Nodes that are reached, nearest first.</summary>
    public List<int> Order { get; }

    /// <summary>Place of a node in the order; -1 when it is not reached.</summary>
    public int[] At { get; }

    /// <summary>True when the tree leads from one node to the other; a node is above itself.</summary>
    public bool IsAbove(int upper, int node) => _first[upper] <= _first[node] && _first[node] < _first[upper] + _size[upper];

    // Every subtree is a range of numbers.
    private void Number(int[] parent)
    {
        for (var last = Order.Count - 1; last > 0; last--) _size[parent[Order[last]]] += ++_size[Order[last]];
        _size[Order[0]]++;
        var next = new int[_first.Length];
        next[Order[0]] = 1;
        for (var at = 1; at < Order.Count; at++)
        {
            var (node, above) = (Order[at], parent[Order[at]]);
            _first[node] = next[above];
            next[above] += _size[node];
            next[node] = _first[node] + 1;
        }
    }
}
