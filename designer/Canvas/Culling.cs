namespace Flows.Designer.Canvas;

/// <summary>The part of the canvas on screen, in canvas units, and the zoom it is seen at.</summary>
public readonly record struct Viewport(double X, double Y, double Width, double Height, double Zoom)
{
    public static Viewport Start { get; } = new(-100, -100, 1600, 1000, 1);

    /// <summary>Half a screen more on every side, so that a pan shows nodes before the next culling.</summary>
    public Viewport Grown => new(X - Width / 2, Y - Height / 2, Width * 2, Height * 2, Zoom);

    /// <summary>Below this zoom the labels of ports cannot be read and are left out.</summary>
    public bool IsFar => Zoom < 0.45;

    /// <summary>Below this zoom a node is a coloured box.</summary>
    public bool IsVeryFar => Zoom < 0.22;

    public Detail Detail => IsVeryFar ? Detail.Box : IsFar ? Detail.Title : Detail.Full;
}

/// <summary>How much of a node is drawn.</summary>
public enum Detail { Full, Title, Box }

/// <summary>What has to be in the page for a viewport.</summary>
public static class Culling
{
    public static IReadOnlyList<CanvasNode> Nodes(CanvasGraph graph, Viewport box, IReadOnlySet<string> always) =>
        [.. graph.Shown.Where(node => Meets(box, node.X, node.Y, node.X + CanvasNode.Width, node.Y + node.Height) || always.Contains(node.Id))];

    public static IReadOnlyList<CanvasWire> Wires(CanvasGraph graph, Viewport box) =>
        [.. graph.ShownWires.Where(wire =>
            Meets(box, Math.Min(wire.X1, wire.X2) - 60, Math.Min(wire.Y1, wire.Y2) - 60, Math.Max(wire.X1, wire.X2) + 60, Math.Max(wire.Y1, wire.Y2) + 60))];

    public static IReadOnlyList<CanvasNote> Notes(CanvasGraph graph, Viewport box) =>
        [.. graph.Notes.Where(note => Meets(box, note.X, note.Y, note.X + note.Width, note.Y + note.Height))];

    /// <summary>Whether a viewport lies in a box that is drawn already and not much bigger than needed.</summary>
    public static bool Covers(Viewport box, Viewport seen) =>
        seen.X >= box.X && seen.Y >= box.Y && seen.X + seen.Width <= box.X + box.Width && seen.Y + seen.Height <= box.Y + box.Height && box.Width <= seen.Width * 4;

    private static bool Meets(Viewport box, double left, double top, double right, double bottom) =>
        right >= box.X && left <= box.X + box.Width && bottom >= box.Y && top <= box.Y + box.Height;
}
