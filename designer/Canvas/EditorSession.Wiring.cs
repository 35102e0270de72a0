using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Designer.Editing;

namespace Flows.Designer.Canvas;

public sealed partial class EditorSession
{
    /// <summary>Why two ports (keys <c>node/side/name</c>, in any order) cannot be wired; null when they can.</summary>
    public string? WhyNot(string one, string other)
    {
        if (Ends(one, other) is not var (from, to)) return "Draw from an output to an input.";
        if (from.Port.IsData != to.Port.IsData) return from.Port.IsData ? "Data goes to a data input." : "Control goes to a node's In.";
        if (!from.Port.IsData) return ConnectionRules.Control(Draft, from.Node, from.Port.Name, to.Node);
        if (!PortTypes.Fit(from.Port.Type, to.Port.Type)) return $"{from.Port.Type} does not fit {to.Port.Type} ({to.Port.Label}).";
        return ConnectionRules.Data(Draft, from.Node, from.Port.Name, to.Node, to.Port.Name);
    }

    public string? Wire(string one, string other)
    {
        if (WhyNot(one, other) is { } refusal)
        {
            Say(refusal);
            return refusal;
        }
        var (from, to) = Ends(one, other)!.Value;
        var said = $"{Title(from.Node)} {from.Port.Label} wired to {Title(to.Node)} {to.Port.Label}";
        return Apply(from.Port.IsData
            ? new FlowEdit.BindData(from.Node, from.Port.Name, from.Port.Type, to.Node, to.Port.Name)
            : new FlowEdit.Connect(from.Node, from.Port.Name, to.Node), said);
    }

    /// <summary>Drops a wire on a node rather than on a port: the first port that fits, or a new dynamic input.</summary>
    public string? WireToNode(string port, string node)
    {
        if (Port(port) is not { } from || Graph.Find(node) is not { } target) return "There is nothing to wire to.";
        if (target.Ports.FirstOrDefault(p => p.IsInput != from.Port.IsInput && WhyNot(port, p.Key(node)) is null && !IsWired(node, p)) is { } free)
            return Wire(port, free.Key(node));
        if (from.Port.Side == PortSide.DataOut && Catalog.Find(target.Type)?.DynamicInputs == true && from.Node != node) return WireToNewPort(from, node);
        var reason = target.Ports.Where(p => p.IsInput != from.Port.IsInput).Select(p => WhyNot(port, p.Key(node))).OfType<string>().FirstOrDefault()
            ?? "Every port that fits is taken.";
        Say(reason);
        return reason;
    }

    /// <summary>Ports that <see cref="WhyNot"/> would let this one be wired to, found in one pass over the drawn wires.</summary>
    public IReadOnlyList<string> Targets(string port, IEnumerable<CanvasNode> among)
    {
        if (Scope is not { IsFlowchart: true } || Port(port) is not { } end) return [];
        var wired = Graph.Wires.Where(wire => IsEnd(wire, end)).Select(wire => end.Port.IsInput ? (wire.Source, wire.SourcePort) : (wire.Target, wire.TargetPort)).ToHashSet();
        var circle = end.Port.IsData ? Graph.Reach(end.Node, WireKind.Data, forwards: end.Port.IsInput) : new HashSet<string>();
        return [.. from node in among
                   where node.Id != end.Node && !circle.Contains(node.Id)
                   from other in node.Ports
                   where other.IsInput != end.Port.IsInput && other.IsData == end.Port.IsData && !wired.Contains((node.Id, other.Name)) && Fits(end.Port, other)
                   select other.Key(node.Id)];
    }

    private static bool IsEnd(CanvasWire wire, (string Node, CanvasPort Port) end) =>
        (wire.Kind == WireKind.Data) == end.Port.IsData
        && (end.Port.IsInput ? (wire.Target, wire.TargetPort) : (wire.Source, wire.SourcePort)) == (end.Node, end.Port.Name);

    private static bool Fits(CanvasPort one, CanvasPort other) =>
        !one.IsData || (one.IsInput ? PortTypes.Fit(other.Type, one.Type) : PortTypes.Fit(one.Type, other.Type));

    public void ChooseWire(string key)
    {
        if (WireOf(key) is not { } wire) return;
        Selection.ChooseWire(key);
        Say($"Wire {TitleOf(wire)} selected; Delete removes it");
    }

    /// <summary>Where a wire leads, in words.</summary>
    public string TitleOf(CanvasWire wire) => $"{Title(wire.Source)} {wire.SourcePort} → {Title(wire.Target)}{(wire.Kind == WireKind.Data ? $" {wire.TargetPort}" : "")}";

    /// <summary>Takes the wire of an input away; for an outcome or output nothing happens.</summary>
    public void Unwire(string key)
    {
        if (Port(key) is not { Port: { Side: PortSide.DataIn } input } at) return;
        Apply(new FlowEdit.UnbindData(at.Node, input.Name));
    }

    public bool IsWired(string node, CanvasPort port) =>
        port.Side == PortSide.DataIn && Graph.Find(node)?.Reads.Any(read => read.Input == port.Name) == true;

    public (string Node, CanvasPort Port)? Port(string key)
    {
        // Outcome names may hold slashes, ids do not.
        var slash = key.IndexOf('/');
        if (slash < 0 || Graph.Find(key[..slash]) is not { } node) return null;
        return node.Ports.FirstOrDefault(port => port.Key(node.Id) == key) is { } found ? (node.Id, found) : null;
    }

    private string? WireToNewPort((string Node, CanvasPort Port) from, string node)
    {
        var taken = Graph.Find(node)!.Ports.Where(p => p.IsData).Select(p => p.Name).ToHashSet();
        var stem = from.Port.Type is "Table" or "Object" ? from.Port.Name : from.Port.Type.ToLowerInvariant();
        var (name, number) = (stem, 1);
        while (taken.Contains(name)) name = stem + ++number;
        var ports = (JsonObject?)Draft.Find(node)!.CustomProperties["ports"]?.DeepClone() ?? [];
        if (ports["inputs"] is not JsonArray inputs) ports["inputs"] = inputs = [];
        inputs.Add(new JsonObject { ["name"] = name, ["type"] = from.Port.Type });
        return Apply(new FlowEdit.Composite($"Wired {from.Port.Label} to a new input {name}",
        [
            new FlowEdit.SetProperty(node, ["customProperties", "ports"], ports),
            new FlowEdit.BindData(from.Node, from.Port.Name, from.Port.Type, node, name),
        ]));
    }

    private ((string Node, CanvasPort Port) From, (string Node, CanvasPort Port) To)? Ends(string one, string other)
    {
        if (Port(one) is not { } a || Port(other) is not { } b || a.Port.IsInput == b.Port.IsInput) return null;
        return a.Port.IsInput ? (b, a) : (a, b);
    }

    private string Title(string id) => Graph.Find(id)?.Title ?? id;
}
