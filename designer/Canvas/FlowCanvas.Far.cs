using Flows.Designer.Editing;

namespace Flows.Designer.Canvas;

/// <summary>
/// From afar only what is chosen is made of elements, for a hand to move; all else is a few paths. Where a crowd is chosen it is paths too, which move as
/// one: of its nodes only the one chosen last, where the keyboard is, is an element.
/// </summary>
public sealed partial class FlowCanvas
{
    // Elements that are made and moved in one frame.
    private const int MostApart = 200;
    private FarDrawing? far;
    private FarDrawing? crowd;
    private object?[] farOf = [];

    private static bool IsCrowd(int chosen) => chosen > MostApart;

    private HashSet<string> LastChosen => Session.Selection.Last is { } last ? [last] : [];

    private void DrawFar()
    {
        var chosen = Session.Held();
        var apart = IsCrowd(chosen.Count) ? LastChosen : chosen;
        nodes = [.. Session.Graph.Shown.Where(node => apart.Contains(node.Id))];
        wires = IsCrowd(chosen.Count) || chosen.Count == 0 && Session.Selection.Wire is null ? [] : [.. Session.Graph.ShownWires.Where(wire => IsApart(wire, chosen))];
        object?[] now = [Session.Graph, worst, Session.Steps, Session.Comparison, Session.Selection.Chosen, Session.Selection.Wire];
        if (far is not null && now.SequenceEqual(farOf)) return;
        farOf = now;
        if (IsCrowd(chosen.Count)) DrawCrowd(chosen, apart);
        else (far, crowd) = (FarDrawing.Of(Session.Graph, node => chosen.Contains(node.Id) ? FarLook.Apart : Look(node), wire => IsApart(wire, chosen) ? FarLook.Apart : Look(wire), far), null);
    }

    private void DrawCrowd(HashSet<string> chosen, HashSet<string> apart)
    {
        far = FarDrawing.Of(Session.Graph, node => chosen.Contains(node.Id) ? FarLook.Apart : Look(node), wire => Pulled(wire, chosen), far);
        crowd = FarDrawing.Of(Session.Graph, node => chosen.Contains(node.Id) && !apart.Contains(node.Id) ? Look(node) : FarLook.Apart,
            wire => chosen.Contains(wire.Source) && chosen.Contains(wire.Target) ? Look(wire) : FarLook.Apart, crowd);
    }

    // Of a wire that leaves the crowd one end goes along with it.
    private FarLook Pulled(CanvasWire wire, HashSet<string> chosen) => (chosen.Contains(wire.Source), chosen.Contains(wire.Target), Look(wire)) switch
    {
        (true, true, _) => FarLook.Apart,
        (true, _, var look) => look with { Class = look.Class + " pulled-from" },
        (_, true, var look) => look with { Class = look.Class + " pulled-to" },
        (_, _, var look) => look,
    };

    /// <summary>The node that is drawn at a place, for a hand that finds a path there.</summary>
    internal string? NodeAt(double x, double y) => Session.Graph.Shown.LastOrDefault(node => x >= node.X && x <= node.X + CanvasNode.Width && y >= node.Y && y <= node.Y + node.Height)?.Id;

    /// <summary>Wires that a line crosses, where they are drawn straight.</summary>
    internal IReadOnlyList<string> Crossed(double x1, double y1, double x2, double y2) =>
        [.. Session.Graph.ShownWires.Where(wire => Curve.Cross((wire.X1, wire.Y1), (wire.X2, wire.Y2), (x1, y1), (x2, y2))).Select(wire => wire.Key)];

    private bool IsApart(CanvasWire wire, HashSet<string> chosen) =>
        chosen.Count > 0 && (chosen.Contains(wire.Source) || chosen.Contains(wire.Target)) || (Session.Selection.Wire is { } key && wire.Key == key);

    private FarLook Look(CanvasNode node)
    {
        var (step, mark) = (Session.Steps.Count == 0 ? null : Session.Steps.GetValueOrDefault(node.Id), Session.Comparison?.MarkOf(node.Id));
        var tone = mark ?? (node.IsDisabled ? "disabled" : step is null && Session.Steps.Count > 0 ? "pending" : NodeView.ToneOf(step, worst.GetValueOrDefault(node.Id)));
        return new FarLook(FarNode(tone), CategoryLook.Style(node.Category));
    }

    private FarLook Look(CanvasWire wire) => new(
        Flowing(wire) == "flowing" ? "far-wire flowing" : wire.Kind == WireKind.Data ? "far-wire data" : "far-wire control",
        wire.Kind == WireKind.Data ? WireTypes.Style(wire.Type) : "");

    // Texts that are made once: there is one question for each node.
    private static string FarNode(string tone) => tone switch
    {
        "" => "far-node",
        "invalid" or "faulted" => "far-node faulted",
        "doubtful" => "far-node",
        "completed" => "far-node completed",
        "running" => "far-node running",
        _ => $"far-node {tone}",
    };
}
