using Flows.Contract.Definitions;
using Flows.Contract.Layout;

namespace Flows.Designer.Canvas;

/// <summary>Where things are, and being elsewhere: the edit that is made most, and the one that a hand waits for.</summary>
public sealed partial class CanvasGraph
{
    /// <summary>This with some nodes where their JSON says that they are now; all else stays the same object.</summary>
    /// <param name="ids">Nodes that moved; those of other containers are passed over.</param>
    /// <returns>Null when one of them no longer has a place: then all are to be laid out.</returns>
    public CanvasGraph? Moved(IReadOnlySet<string> ids, Func<string, FlowActivity?> find)
    {
        if (!_isLaid) return null;
        var (nodes, moved) = (new Dictionary<string, CanvasNode>(_nodes), new Dictionary<string, (double X, double Y)>(ids.Count));
        foreach (var id in ids)
        {
            if (!_nodes.TryGetValue(id, out var node)) continue;
            if (find(id) is not { } activity || CanvasPlace.Of(activity) is not { } at) return null;
            nodes[id] = node with { X = at.X, Y = at.Y };
            moved[id] = (at.X - node.X, at.Y - node.Y);
        }
        return new CanvasGraph(_container, true, nodes, Shifted(moved), Notes, Groups.Count == 0 ? Groups : CanvasGroup.Of(_container!, nodes));
    }

    /// <summary>Where each node would lie in layers. Reads the drawing, since reading thousands of connections anew takes longer than laying them out.</summary>
    public IReadOnlyDictionary<string, (double X, double Y)> LaidOut()
    {
        var numbers = new Dictionary<string, int>(_nodes.Count);
        var sizes = new List<(double Width, double Height)>(_nodes.Count);
        foreach (var node in Nodes)
        {
            numbers[node.Id] = sizes.Count;
            sizes.Add((CanvasNode.Width, node.Height));
        }
        var corners = GraphLayout.Of(Edges(numbers), sizes);
        return numbers.ToDictionary(pair => pair.Key, pair => corners[pair.Value]);
    }

    // As one number each: pairs in a set cost several times as much.
    private List<(int From, int To)> Edges(Dictionary<string, int> numbers)
    {
        var (known, edges) = (new HashSet<long>(), new List<(int, int)>());
        foreach (var wire in Wires)
        {
            if (wire.Kind != WireKind.Control || wire.Source == wire.Target) continue;
            var (from, to) = (numbers[wire.Source], numbers[wire.Target]);
            if (known.Add((long)from << 32 | (uint)to)) edges.Add((from, to));
        }
        return edges;
    }

    private CanvasWire[] Shifted(Dictionary<string, (double X, double Y)> moved)
    {
        var wires = Wires.ToArray();
        for (var at = 0; at < wires.Length; at++)
        {
            var wire = wires[at];
            var (begins, ends) = (moved.TryGetValue(wire.Source, out var from), moved.TryGetValue(wire.Target, out var to));
            if (begins || ends) wires[at] = wire with { X1 = wire.X1 + from.X, Y1 = wire.Y1 + from.Y, X2 = wire.X2 + to.X, Y2 = wire.Y2 + to.Y };
        }
        return wires;
    }

    /// <summary>Smallest box around the nodes: left, top, width, height.</summary>
    public (double X, double Y, double Width, double Height) Bounds(IReadOnlyCollection<string>? ids = null)
    {
        var (left, top, right, bottom) = (double.PositiveInfinity, double.PositiveInfinity, double.NegativeInfinity, double.NegativeInfinity);
        void Take(double x, double y, double width, double height) =>
            (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x + width), Math.Max(bottom, y + height));

        foreach (var node in ids is null ? Nodes : [.. ids.Select(Find).OfType<CanvasNode>()]) Take(node.X, node.Y, CanvasNode.Width, node.Height);
        foreach (var note in Notes.Where(note => ids is null || ids.Contains(note.Key))) Take(note.X, note.Y, note.Width, note.Height);
        foreach (var group in Groups.Where(group => ids is not null && ids.Contains(group.Key))) Take(group.X, group.Y, group.Width, group.Height);
        return left > right ? (0, 0, 800, 500) : (left, top, right - left, bottom - top);
    }
}
