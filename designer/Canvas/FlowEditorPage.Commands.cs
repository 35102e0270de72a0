using Flows.Designer.Palette;

namespace Flows.Designer.Canvas;

/// <summary>Command palette, context menus and the search over nodes: all three are type-ahead lists.</summary>
public partial class FlowEditorPage
{
    private void OpenCommands() => AskCommand("Run a command", Middle(), EditorCommands.Now(session!));

    private void OpenMenu(QuickAddPlace place) =>
        AskCommand(session!.Selection switch { { Wire: not null } => "This wire", { Single: { } id } => session.Graph.Find(id)!.Title, { Count: > 1 } some => $"{some.Count} nodes", _ => "The canvas" },
            place, EditorCommands.Menu(session));

    private void OpenMenuByKey()
    {
        if (session!.Selection.Wire is { } key && session.Graph.Wires.FirstOrDefault(wire => wire.Key == key) is { } wire) OpenMenu(InTheMiddle(wire));
        else if (session.Selection.Last is { } id && session.Graph.Find(id) is { } node) OpenMenu(Beside(node));
        else OpenMenu(Middle());
    }

    private void OpenFind() => Ask(Middle(), "Find a node, is:invalid, type:python", text =>
        [.. NodeSearch.Find(session!, text).Take(50).Select(node => new QuickItem(node.Id, node.Title, node.Kind, CategoryLook.Icon(node.Category), CategoryLook.Colour(node.Category)))], GoToAsync);

    private void AskCommand(string label, QuickAddPlace place, IEnumerable<EditorCommand> commands)
    {
        var items = commands.DistinctBy(command => command.Name).Select(command => new QuickItem(command.Name, command.Title, command.Keys, "run", "var(--flows-ink-soft)")).ToList();
        Ask(place, label, text => Matching(items, text), DoAsync);
    }

    private QuickAddPlace Middle()
    {
        var seen = canvas!.Seen;
        return new(seen.X, seen.Y, seen.Width * seen.Zoom / 2 - 150, 40, null, null);
    }

    private void SpliceChosen()
    {
        if (session!.Selection.Wire is not { } key || session.Graph.Wires.FirstOrDefault(w => w.Key == key) is not { } wire) return;
        OpenQuickAdd(InTheMiddle(wire) with { Wire = key });
    }

    private QuickAddPlace InTheMiddle(CanvasWire wire)
    {
        var seen = canvas!.Seen;
        var (x, y) = Curve.Middle(wire.X1, wire.Y1, wire.X2, wire.Y2);
        return new(x, y, (x - seen.X) * seen.Zoom, (y - seen.Y) * seen.Zoom, null, null);
    }

    private void AddAfterSelected()
    {
        var (seen, after) = (canvas!.Seen, session!.Selection.Last);
        var (x, y) = session.PlaceAfter(after, seen);
        OpenQuickAdd(new QuickAddPlace(x, y, (x - seen.X) * seen.Zoom, (y - seen.Y) * seen.Zoom, null, after));
    }

    private void EnterChosen()
    {
        if (session!.Selection.Single is { } id && session.Graph.Find(id) is { Slots: [var slot, ..] }) session.Enter(id, slot);
    }
}
