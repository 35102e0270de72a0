namespace Flows.Designer.Canvas;

/// <summary>Walking the graph by arrow keys: along a wire where there is one, else to the nearest node that way.</summary>
public static class Neighbours
{
    public static string? Next(CanvasGraph graph, string? from, int dx, int dy)
    {
        if (from is null || graph.Find(from) is not { } here)
            return graph.Nodes.OrderBy(node => node.X).ThenBy(node => node.Y).FirstOrDefault()?.Id;
        if (dx != 0 && AlongWire(graph, here, dx) is { } wired) return wired;
        return Nearest(graph.Nodes.Where(node => node != here), here, dx, dy);
    }

    private static string? AlongWire(CanvasGraph graph, CanvasNode here, int dx)
    {
        var ids = dx > 0
            ? graph.Wires.Where(wire => wire.Source == here.Id).Select(wire => wire.Target)
            : graph.Wires.Where(wire => wire.Target == here.Id).Select(wire => wire.Source);
        return ids.Select(graph.Find).OfType<CanvasNode>().Where(node => node != here).OrderBy(node => Math.Abs(node.Y - here.Y)).FirstOrDefault()?.Id;
    }

    // Straight ahead counts three times as near as aside.
    private static string? Nearest(IEnumerable<CanvasNode> others, CanvasNode here, int dx, int dy) => others
        .Select(node => (node.Id, Ahead: (node.X - here.X) * dx + (node.Y - here.Y) * dy, Aside: Math.Abs((node.X - here.X) * dy) + Math.Abs((node.Y - here.Y) * dx)))
        .Where(node => node.Ahead > 1)
        .OrderBy(node => node.Ahead + 3 * node.Aside)
        .Select(node => node.Id)
        .FirstOrDefault();
}
