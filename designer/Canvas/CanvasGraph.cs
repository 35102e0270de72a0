using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Contract.Layout;

namespace Flows.Designer.Canvas;

/// <summary>The container now on the canvas as nodes and wires. Built anew after each edit, reusing every node that the edit left alone.</summary>
public sealed partial class CanvasGraph
{
    private readonly Dictionary<string, CanvasNode> _nodes;
    private readonly FlowActivity? _container;
    private readonly bool _isLaid;

    /// <param name="isLaid">Every node stands where its JSON says.</param>
    private CanvasGraph(FlowActivity? container, bool isLaid, Dictionary<string, CanvasNode> nodes, IReadOnlyList<CanvasWire> wires, IReadOnlyList<CanvasNote> notes, IReadOnlyList<CanvasGroup> groups)
    {
        (_container, _isLaid, _nodes, Wires, Notes, Groups) = (container, isLaid, nodes, wires, notes, groups);
        (Shown, ShownWires) = FoldedGroups.Hide(nodes.Values, wires, groups);
    }

    public static CanvasGraph Empty { get; } = new(null, false, [], [], [], []);

    public IReadOnlyCollection<CanvasNode> Nodes => _nodes.Values;

    public IReadOnlyList<CanvasWire> Wires { get; }

    public IReadOnlyList<CanvasNote> Notes { get; }

    public IReadOnlyList<CanvasGroup> Groups { get; }

    /// <summary>Nodes that no folded group hides.</summary>
    public IReadOnlyCollection<CanvasNode> Shown { get; }

    /// <summary>Wires as they are drawn: those of a folded group begin and end at its box.</summary>
    public IReadOnlyList<CanvasWire> ShownWires { get; }

    public CanvasNote? Note(string key) => Notes.FirstOrDefault(note => note.Key == key);

    public CanvasGroup? Group(string key) => Groups.FirstOrDefault(group => group.Key == key);

    /// <summary>Whether a node, note or group of that key is on the canvas.</summary>
    public bool Has(string key) => _nodes.ContainsKey(key) || Note(key) is not null || Group(key) is not null;

    public CanvasNode? Find(string id) => _nodes.GetValueOrDefault(id);

    /// <param name="touched">Ids that may have changed since <paramref name="before"/>; null for all.</param>
    public static CanvasGraph Of(FlowActivity container, ActivityCatalog catalog, CanvasGraph? before = null, IReadOnlySet<string>? touched = null)
    {
        var children = container.Children().Select(child => child.Activity).ToList();
        var known = children.ConvertAll(CanvasPlace.Of);
        var places = known.Contains(null) ? Places(container, [.. children.DistinctBy(activity => activity.Id)]) : null;
        var nodes = new Dictionary<string, CanvasNode>(children.Count);
        for (var at = 0; at < children.Count; at++)
        {
            var id = children[at].Id;
            if (nodes.ContainsKey(id)) continue;
            nodes[id] = before is not null && touched?.Contains(id) == false && before.Find(id) is { } kept && places is null
                ? kept
                : NodeShape.Of(children[at], catalog, known[at] ?? places?.GetValueOrDefault(id) ?? (0, 0));
        }
        return new CanvasGraph(container, places is null, nodes, Kept([.. ControlWires(container, nodes), .. DataWires(nodes)], before), CanvasNote.Of(container), CanvasGroup.Of(container, nodes));
    }

    /// <summary>Nodes that wires of a kind lead to from here, or, backwards, from which they lead here.</summary>
    public IReadOnlySet<string> Reach(string from, WireKind kind, bool forwards)
    {
        var next = Wires.Where(wire => wire.Kind == kind).ToLookup(wire => forwards ? wire.Source : wire.Target, wire => forwards ? wire.Target : wire.Source);
        var seen = new HashSet<string>();
        var open = new Queue<string>([from]);
        while (open.TryDequeue(out var id))
            foreach (var follower in next[id])
                if (seen.Add(follower)) open.Enqueue(follower);
        return seen;
    }

    // A wire that did not change stays the same object, so that it is not drawn again.
    private static List<CanvasWire> Kept(List<CanvasWire> wires, CanvasGraph? before)
    {
        if (before is null || before.Wires.Count == 0) return wires;
        var known = before.Wires.ToHashSet();
        for (var i = 0; i < wires.Count; i++)
            if (known.TryGetValue(wires[i], out var same)) wires[i] = same;
        return wires;
    }

    // A flow that nobody laid out lies in layers until somebody moves a node.
    private static Dictionary<string, (double X, double Y)> Places(FlowActivity container, List<FlowActivity> children)
    {
        var laid = FlowLayout.Of(container, _ => (CanvasNode.Width, 120));
        return children.Select((child, i) => (child.Id, At: laid.TryGetValue(child.Id, out var at) ? at : (i % 6 * 280.0, i / 6 * 180.0)))
            .ToDictionary(pair => pair.Id, pair => pair.At);
    }

    private static IEnumerable<CanvasWire> ControlWires(FlowActivity container, Dictionary<string, CanvasNode> nodes)
    {
        foreach (var c in container.Connections)
        {
            if (!nodes.TryGetValue(c.Source, out var source) || !nodes.TryGetValue(c.Target, out var target)) continue;
            var port = source.Port(PortSide.ControlOut, c.SourcePort ?? "Done") ?? source.Ports.FirstOrDefault(p => p.Side == PortSide.ControlOut);
            var (x, y) = port is null ? (CanvasNode.Width, CanvasNode.Head / 2) : (port.X, port.Y);
            yield return new CanvasWire(WireKind.Control, c.Source, c.SourcePort ?? "Done", c.Target, "In", "",
                source.X + x, source.Y + y, target.X, target.Y + CanvasNode.Head / 2);
        }
    }

    private static IEnumerable<CanvasWire> DataWires(Dictionary<string, CanvasNode> nodes)
    {
        var writers = nodes.Values.SelectMany(node => node.Writes.Select(write => (write.Variable, Node: node, write.Output))).ToLookup(w => w.Variable);
        foreach (var reader in nodes.Values)
            foreach (var (input, variable) in reader.Reads)
                foreach (var (_, writer, output) in writers[variable])
                {
                    if (writer == reader || writer.Port(PortSide.DataOut, output) is not { } from || reader.Port(PortSide.DataIn, input) is not { } to) continue;
                    yield return new CanvasWire(WireKind.Data, writer.Id, output, reader.Id, input, from.Type,
                        writer.X + from.X, writer.Y + from.Y, reader.X + to.X, reader.Y + to.Y);
                }
    }
}
