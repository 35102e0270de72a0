using System.Globalization;
using Flows.Contract.Activities;
using Flows.Designer.Palette;

namespace Flows.Designer.Canvas;

/// <summary>The type-ahead over the canvas: adding a node, or choosing the ends of a wire by keyboard.</summary>
public partial class FlowEditorPage
{
    private QuickAddPlace? quick;
    private string quickLabel = "";
    private Func<string, IReadOnlyList<QuickItem>> quickFind = _ => [];
    private Func<string, Task> quickChoose = _ => Task.CompletedTask;

    private void AddFromPalette(ActivityDescriptor activity)
    {
        var after = session!.Selection.Last;
        var (x, y) = session.PlaceAfter(after, canvas?.Seen ?? Viewport.Start);
        if (session.Add(activity, x, y, after) is { } id) _ = canvas?.RevealAsync(id);
    }

    private void OpenQuickAdd(QuickAddPlace place) => Ask(place, place.Wire is null ? "Add an activity" : "Put an activity into the wire", Activities, async type =>
    {
        if (place.Wire is { } wire)
        {
            session!.AddInto(session.Catalog.Find(type)!, place.X - CanvasNode.Width / 2, place.Y - CanvasNode.Head / 2, wire);
            return;
        }
        var at = place.FromPort is null ? (place.X, place.Y) : (place.X, place.Y - CanvasNode.Head / 2);
        if (session!.Add(session.Catalog.Find(type)!, at.X, at.Item2, place.After, place.FromPort) is { } id) await canvas!.RevealAsync(id);
    });

    /// <summary>Keyboard wiring: first the output of the selected node, then everything it may go to.</summary>
    private void OpenConnect()
    {
        if (session!.Selection.Last is not { } id || session.Graph.Find(id) is not { } node)
        {
            session.Say("Select a node first, then connect");
            return;
        }
        var outputs = node.Ports.Where(port => !port.IsInput).Select(port => Item(node, port)).ToList();
        Ask(Beside(node), $"Connect {node.Title} from", text => Matching(outputs, text), from =>
        {
            var targets = session.Targets(from, session.Graph.Nodes).Select(key => (Key: key, Port: session.Port(key)!.Value)).Where(t => t.Port.Port.IsInput)
                .Select(t => Item(session.Graph.Find(t.Port.Node)!, t.Port.Port)).ToList();
            Ask(Beside(node), targets.Count == 0 ? "Nothing fits this output" : "to", text => Matching(targets, text), to =>
            {
                session.Wire(from, to);
                return Task.CompletedTask;
            });
            return Task.CompletedTask;
        });
    }

    /// <summary>A wire of the selected node, chosen by keyboard.</summary>
    private void OpenWires()
    {
        if (session!.Selection.Last is not { } id || session.Graph.Find(id) is not { } node)
        {
            session.Say("Select a node first, then one of its wires");
            return;
        }
        var wires = session.Graph.Wires.Where(wire => wire.Source == id || wire.Target == id)
            .Select(wire => new QuickItem(wire.Key, session.TitleOf(wire), wire.Kind == WireKind.Data ? wire.Type : "control", wire.Kind == WireKind.Data ? "table" : "flow", CategoryLook.Colour(node.Category))).ToList();
        Ask(Beside(node), wires.Count == 0 ? "It has no wires" : "Choose a wire", text => Matching(wires, text), key =>
        {
            session.ChooseWire(key);
            return Task.CompletedTask;
        });
    }

    /// <summary>What a click on a port shows, by keyboard.</summary>
    private void OpenPorts()
    {
        if (session!.Selection.Last is not { } id || session.Graph.Find(id) is not { } node)
        {
            session.Say("Select a node first, then one of its ports");
            return;
        }
        var ports = node.Ports.Where(port => port.IsData).Select(port => Item(node, port)).ToList();
        Ask(Beside(node), ports.Count == 0 ? "No data goes through it" : "See what went through", text => Matching(ports, text), ShowPreviewAsync);
    }

    private void Ask(QuickAddPlace place, string label, Func<string, IReadOnlyList<QuickItem>> find, Func<string, Task> choose)
    {
        // A new object, so that the first question's leaving does not close the second.
        (quick, quickLabel, quickFind, quickChoose) = (place with { }, label, find, choose);
        StateHasChanged();
    }

    private async Task ChooseQuickAsync(string key)
    {
        var (asked, label) = (quick, quickLabel);
        await quickChoose(key);
        if (ReferenceEquals(asked, quick) && label == quickLabel) await CloseQuickAsync();
    }

    private async Task CloseQuickAsync()
    {
        quick = null;
        StateHasChanged();
        await canvas!.FocusAsync();
    }

    private void LeaveQuick(QuickAddPlace left)
    {
        if (!ReferenceEquals(left, quick)) return;
        quick = null;
        StateHasChanged();
    }

    private List<QuickItem> Activities(string text) => [.. ActivitySearch.Find(session!.Catalog.Descriptors, text)
        .Select(a => new QuickItem(a.Type, a.DisplayName, a.Category, CategoryLook.Icon(a.Category), CategoryLook.Colour(a.Category)))];

    private static List<QuickItem> Matching(List<QuickItem> items, string text) =>
        [.. items.Where(item => $"{item.Name} {item.Note}".Contains(text, StringComparison.OrdinalIgnoreCase))];

    private static QuickItem Item(CanvasNode node, CanvasPort port) =>
        new(port.Key(node.Id), port.IsInput ? $"{node.Title} · {port.Label}" : port.Label, port.IsData ? port.Type : "control", port.IsData ? "table" : "flow", CategoryLook.Colour(node.Category));

    private QuickAddPlace Beside(CanvasNode node)
    {
        var seen = canvas!.Seen;
        return new(node.X, node.Y, (node.X + CanvasNode.Width - seen.X) * seen.Zoom, (node.Y - seen.Y) * seen.Zoom, null, null);
    }

    private static string QuickStyle(QuickAddPlace place) => string.Create(CultureInfo.InvariantCulture,
        $"left: clamp(8px, {place.ScreenX:0}px, calc(100% - 308px)); top: clamp(8px, {place.ScreenY:0}px, calc(100% - 340px))");
}
