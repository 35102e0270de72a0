namespace Flows.Designer.Canvas;

/// <summary>What is seen while groups are folded: their nodes are not, and wires across their edge end at the box.</summary>
internal static class FoldedGroups
{
    public static (IReadOnlyCollection<CanvasNode>, IReadOnlyList<CanvasWire>) Hide(IReadOnlyCollection<CanvasNode> nodes, IReadOnlyList<CanvasWire> wires, IReadOnlyList<CanvasGroup> groups)
    {
        var hidden = groups.Where(group => group.IsFolded).SelectMany(group => group.Nodes.Select(id => (id, group))).ToDictionary(pair => pair.id, pair => pair.group);
        if (hidden.Count == 0) return (nodes, wires);
        return ([.. nodes.Where(node => !hidden.ContainsKey(node.Id))], [.. wires.Select(wire => Drawn(wire, hidden)).OfType<CanvasWire>()]);
    }

    private static CanvasWire? Drawn(CanvasWire wire, Dictionary<string, CanvasGroup> hidden)
    {
        var (from, to) = (hidden.GetValueOrDefault(wire.Source), hidden.GetValueOrDefault(wire.Target));
        if (from is null && to is null) return wire;
        if (from == to) return null;
        if (from is not null) wire = wire with { X1 = from.X + from.Width, Y1 = from.Y + from.Height / 2, DrawnFrom = from.Key };
        if (to is not null) wire = wire with { X2 = to.X, Y2 = to.Y + to.Height / 2, DrawnTo = to.Key };
        return wire;
    }
}
