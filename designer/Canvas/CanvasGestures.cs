using Flows.Designer.Editing;
using Microsoft.JSInterop;

namespace Flows.Designer.Canvas;

/// <summary>A finished gesture as <c>canvas.js</c> tells it; which fields count depends on the kind.</summary>
public sealed record Gesture(string Kind)
{
    public string? Id { get; init; }

    /// <summary>Port, node, slot, text or activity type at the other end.</summary>
    public string? To { get; init; }

    public string[] Ids { get; init; } = [];

    public bool Add { get; init; }

    /// <summary>Canvas place or distance.</summary>
    public double X { get; init; }

    public double Y { get; init; }

    public double Width { get; init; }

    public double Height { get; init; }

    public double Zoom { get; init; } = 1;

    /// <summary>Pixels from the canvas's corner.</summary>
    public double ScreenX { get; init; }

    public double ScreenY { get; init; }
}

/// <summary>The browser's side of the canvas calls these: one call when a gesture ends, and questions while a wire is dragged.</summary>
public sealed class CanvasGestures(FlowCanvas canvas)
{
    private EditorSession Session => canvas.Session;

    [JSInvokable]
    public void Commit(Gesture gesture)
    {
        switch (gesture.Kind)
        {
            case "viewport": canvas.Look(new Viewport(gesture.X, gesture.Y, gesture.Width, gesture.Height, gesture.Zoom)); break;
            case "hold": Session.Hold(true); break;
            case "rest": Session.Hold(false); break;
            case "select": Session.Select(gesture.Ids, gesture.Add); break;
            case "rubber": SelectWithin(gesture); break;
            case "wire": Session.ChooseWire(gesture.Id!); break;
            case "move" when gesture.To is { } wire && Session.Selection.Single is { } only: Session.MoveInto(only, gesture.X, gesture.Y, wire); break;
            case "move": Session.Move([.. Session.Selection.Nodes], gesture.X, gesture.Y); break;
            case "slice": Session.CutWires(gesture.Ids); break;
            case "splice": canvas.Requests.QuickAdd(new QuickAddPlace(gesture.X, gesture.Y, gesture.ScreenX, gesture.ScreenY, null, null) { Wire = gesture.Id }); break;
            case "menu": OpenMenu(gesture); break;
            case "connect": Connect(gesture); break;
            case "drop": Drop(gesture); break;
            case "quick": canvas.Requests.QuickAdd(new QuickAddPlace(gesture.X, gesture.Y, gesture.ScreenX, gesture.ScreenY, null, null)); break;
            case "enter": Enter(gesture); break;
            case "preview": canvas.Requests.Preview(gesture.Id!); break;
            case "paste": Session.Paste(gesture.To ?? "", gesture.Add ? (gesture.X, gesture.Y) : null); break;
            case "cut": Session.Remove(); break;
            case "key": CanvasKeys.Press(gesture.Id!, canvas); break;
        }
    }

    /// <summary>Everything that goes along when a hand drags a node: what is chosen, which that node becomes when it is not.</summary>
    [JSInvokable]
    public IReadOnlyCollection<string> Take(string id, bool add)
    {
        if (!Session.Selection.Has(id)) Session.Select([id], add);
        return [.. Session.Held().Union(Session.Selection.Nodes)];
    }

    /// <summary>Ports that a wire from this one may end at, among those drawn.</summary>
    [JSInvokable]
    public IReadOnlyList<string> Targets(string port) => Session.Targets(port, canvas.Drawn);

    /// <summary>The node at a place of the canvas, where nodes are no elements.</summary>
    [JSInvokable]
    public string? NodeAt(double x, double y) => canvas.NodeAt(x, y);

    /// <summary>Keys of the wires that a line crosses, where wires are no elements.</summary>
    [JSInvokable]
    public IReadOnlyList<string> Crossed(double x1, double y1, double x2, double y2) => canvas.Crossed(x1, y1, x2, y2);

    [JSInvokable]
    public string? WhyNot(string from, string to) => Session.WhyNot(from, to);

    [JSInvokable]
    public string Copy() => Session.Copy();

    private void SelectWithin(Gesture box)
    {
        var within = new Viewport(box.X, box.Y, box.Width, box.Height, 1);
        var none = new HashSet<string>();
        Session.Select(Culling.Nodes(Session.Graph, within, none).Select(node => node.Id).Concat(Culling.Notes(Session.Graph, within).Select(note => note.Key)), box.Add);
    }

    private void Connect(Gesture wire)
    {
        if (wire.To is { } port && port.Contains('/')) Session.Wire(wire.Id!, port);
        else if (wire.To is { } node) Session.WireToNode(wire.Id!, node);
        else if (Session.Port(wire.Id!) is { Port.IsInput: true }) Session.Unwire(wire.Id!);
        else canvas.Requests.QuickAdd(new QuickAddPlace(wire.X, wire.Y, wire.ScreenX, wire.ScreenY, wire.Id, null));
    }

    private void Drop(Gesture drop)
    {
        if (Session.Catalog.Find(drop.To ?? "") is not { } descriptor) return;
        var (x, y) = (drop.X - CanvasNode.Width / 2, drop.Y - CanvasNode.Head / 2);
        if (drop.Id is null || Session.AddInto(descriptor, x, y, drop.Id) is null) Session.Add(descriptor, x, y);
    }

    // The menu is about what is under the pointer, so that is chosen first.
    private void OpenMenu(Gesture menu)
    {
        if (menu.Id is { } wire) Session.ChooseWire(wire);
        else if (menu.To is { } node && !Session.Selection.Has(node)) Session.Select([node]);
        else if (menu.To is null) Session.Select([]);
        canvas.Requests.Menu(new QuickAddPlace(menu.X, menu.Y, menu.ScreenX, menu.ScreenY, null, null));
    }

    private void Enter(Gesture enter)
    {
        if (enter.Id is { } id && Session.Graph.Find(id) is { Slots: [var first, ..] } && first != "cases") Session.Enter(id, enter.To ?? first);
        else if (enter.Id is { } key && Session.Graph.Group(key) is not null) Session.ToggleFold();
        else canvas.Requests.Command("inspect");
    }
}
