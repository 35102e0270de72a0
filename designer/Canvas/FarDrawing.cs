namespace Flows.Designer.Canvas;

/// <summary>Boxes or lines that look the same, as one element of the page.</summary>
public sealed record FarPath(string Class, string Style, string Shape);

/// <summary>What a node or wire is to look like from afar; things of one look share a path.</summary>
public readonly record struct FarLook(string Class, string Colour)
{
    /// <summary>Drawn as an element of its own, or not at all.</summary>
    public static FarLook Apart { get; } = new("apart", "");
}

/// <summary>
/// The canvas from so far away that a node is a box and a wire a line. A few paths stand for thousands of elements, which would take seconds to be made
/// and a tenth of one with each frame. Each path is of a stretch of nodes or wires, so that a change draws one stretch anew.
/// </summary>
public sealed class FarDrawing
{
    private readonly IReadOnlyList<FarStretch<CanvasNode>> _nodes;
    private readonly IReadOnlyList<FarStretch<CanvasWire>> _wires;

    private FarDrawing(IReadOnlyList<FarStretch<CanvasNode>> nodes, IReadOnlyList<FarStretch<CanvasWire>> wires) => (_nodes, _wires) = (nodes, wires);

    public IEnumerable<FarPath> Nodes => _nodes.SelectMany(stretch => stretch.Paths);

    public IEnumerable<FarPath> Wires => _wires.SelectMany(stretch => stretch.Paths);

    /// <summary>Nodes alone, those of folded groups too.</summary>
    public static FarDrawing Of(CanvasGraph graph, Func<CanvasNode, FarLook> node, FarDrawing? before) => new(FarStretch.Of(graph.Nodes, node, FarShapes.Box, before?._nodes), []);

    /// <param name="before">Stretches that are still the same are taken from it.</param>
    public static FarDrawing Of(CanvasGraph graph, Func<CanvasNode, FarLook> node, Func<CanvasWire, FarLook> wire, FarDrawing? before = null) => new(
        FarStretch.Of(graph.Shown, node, FarShapes.Box, before?._nodes),
        FarStretch.Of(graph.ShownWires, wire, FarShapes.Line, before?._wires));
}
