using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Designer.Editing;

namespace Flows.Designer.Canvas;

/// <summary>Putting a node into a wire, and cutting wires.</summary>
public sealed partial class EditorSession
{
    /// <summary>Places a new activity in the middle of a wire.</summary>
    /// <returns>Its id; null when the wire is gone or the activity does not go there.</returns>
    public string? AddInto(ActivityDescriptor descriptor, double x, double y, string wireKey)
    {
        if (Scope is not { IsFlowchart: true } scope || WireOf(wireKey) is not { } wire) return null;
        var id = Draft.Index.FreshId(descriptor.Type);
        var json = NewNode.Of(descriptor, id, Snap(x), Snap(y));
        if (Splicing(wire, NodeShape.Of(new FlowActivity(json), Catalog, (x, y))) is not { } edits) return null;
        if (Apply(new FlowEdit.Composite($"Added {descriptor.DisplayName}", [new FlowEdit.AddNode(scope.Id, json), .. edits])) is not null) return null;
        Select([id]);
        Say($"Added {descriptor.DisplayName} between {Title(wire.Source)} and {Title(wire.Target)}");
        return id;
    }

    /// <summary>Moves a free node onto a wire and puts it in between, as one edit. A node that already has control wires only moves.</summary>
    public void MoveInto(string id, double dx, double dy, string wireKey)
    {
        if (Graph.Find(id) is not { } node || WireOf(wireKey) is not { } wire || IsConnected(id) || Splicing(wire, node) is not { } edits)
        {
            Move([id], dx, dy);
            return;
        }
        var to = new Dictionary<string, (double, double)> { [id] = (Snap(node.X + dx), Snap(node.Y + dy)) };
        Apply(new FlowEdit.Composite($"Put {node.Title} between {Title(wire.Source)} and {Title(wire.Target)}", [new FlowEdit.MoveNodes(to), .. edits]));
    }

    /// <summary>Takes several wires away as one edit.</summary>
    public void CutWires(IEnumerable<string> keys)
    {
        var cut = keys.Select(WireOf).OfType<CanvasWire>().ToList();
        if (cut.Count == 0) return;
        Selection.Clear();
        Apply(new FlowEdit.Composite(cut.Count == 1 ? "Cut a wire" : $"Cut {cut.Count} wires", [.. cut.Select(Unwiring)]));
    }

    private CanvasWire? WireOf(string key) => Graph.Wires.FirstOrDefault(wire => wire.Key == key);

    private bool IsConnected(string id) => Graph.Wires.Any(wire => wire.Kind == WireKind.Control && (wire.Source == id || wire.Target == id));

    private static FlowEdit Unwiring(CanvasWire wire) => wire.Kind == WireKind.Data
        ? new FlowEdit.UnbindData(wire.Target, wire.TargetPort)
        : new FlowEdit.Disconnect(wire.Source, wire.SourcePort, wire.Target);

    private IReadOnlyList<FlowEdit>? Splicing(CanvasWire wire, CanvasNode node)
    {
        if (node.Id == wire.Source || node.Id == wire.Target) return null;
        if (node.Ports.FirstOrDefault(port => port.Side == PortSide.ControlOut) is not { } way)
        {
            Say($"{node.Title} has no way out, so nothing can follow it.");
            return null;
        }
        return wire.Kind == WireKind.Control
            ? [.. ControlInto(wire, node.Id, way.Name), .. DataFrom(wire.Source, node)]
            : DataInto(wire, node, way.Name);
    }

    private static IEnumerable<FlowEdit> ControlInto(CanvasWire wire, string id, string way) =>
        [Unwiring(wire), new FlowEdit.Connect(wire.Source, wire.SourcePort, id), new FlowEdit.Connect(id, way, wire.Target)];

    private IEnumerable<FlowEdit> DataFrom(string source, CanvasNode node) => Catalog.Find(node.Type) is { } descriptor
        ? DataTo(node.Id, descriptor, source, [.. Graph.Find(source)?.Ports.Where(port => port.Side == PortSide.DataOut) ?? []])
        : [];

    private List<FlowEdit>? DataInto(CanvasWire wire, CanvasNode node, string way)
    {
        var wanted = Graph.Find(wire.Target)?.Port(PortSide.DataIn, wire.TargetPort)?.Type ?? wire.Type;
        var input = node.Ports.FirstOrDefault(port => port.Side == PortSide.DataIn && PortTypes.Fit(wire.Type, port.Type));
        var output = node.Ports.FirstOrDefault(port => port.Side == PortSide.DataOut && PortTypes.Fit(port.Type, wanted));
        if (input is null || output is null)
        {
            Say($"{node.Title} does not take and give {wire.Type}.");
            return null;
        }
        var order = Graph.Wires.FirstOrDefault(w => w.Kind == WireKind.Control && w.Source == wire.Source && w.Target == wire.Target);
        return
        [
            .. order is null ? [] : ControlInto(order, node.Id, way),
            new FlowEdit.BindData(wire.Source, wire.SourcePort, wire.Type, node.Id, input.Name),
            Unwiring(wire),
            new FlowEdit.BindData(node.Id, output.Name, output.Type, wire.Target, wire.TargetPort),
        ];
    }
}
