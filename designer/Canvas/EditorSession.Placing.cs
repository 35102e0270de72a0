using Flows.Designer.Editing;

namespace Flows.Designer.Canvas;

public enum Alignment { Left, Centre, Right, Top, Middle, Bottom }

/// <summary>Lining the selected nodes up.</summary>
public sealed partial class EditorSession
{
    public void Align(Alignment how)
    {
        var nodes = Chosen(least: 2);
        if (nodes.Count == 0) return;
        var (left, top, width, height) = Graph.Bounds([.. nodes.Select(node => node.Id)]);
        Place($"Aligned {nodes.Count} nodes", nodes, node => how switch
        {
            Alignment.Left => (left, node.Y),
            Alignment.Centre => (left + (width - CanvasNode.Width) / 2, node.Y),
            Alignment.Right => (left + width - CanvasNode.Width, node.Y),
            Alignment.Top => (node.X, top),
            Alignment.Middle => (node.X, top + (height - node.Height) / 2),
            _ => (node.X, top + height - node.Height),
        });
    }

    /// <summary>Equal gaps between the selected nodes, the outermost two staying where they are.</summary>
    public void Distribute(bool across)
    {
        var nodes = Chosen(least: 3);
        if (nodes.Count == 0) return;
        var row = nodes.OrderBy(node => across ? node.X : node.Y).ToList();
        var taken = row.Sum(node => Length(node, across));
        var (from, to) = (Start(row[0], across), Start(row[^1], across) + Length(row[^1], across));
        var gap = (to - from - taken) / (row.Count - 1);
        var places = new Dictionary<string, double>();
        foreach (var node in row)
        {
            places[node.Id] = from;
            from += Length(node, across) + gap;
        }
        Place($"Distributed {nodes.Count} nodes", nodes, node => across ? (places[node.Id], node.Y) : (node.X, places[node.Id]));
    }

    /// <summary>Puts the selected nodes, or all, on the grid.</summary>
    public void SnapToGrid() =>
        Place("Snapped to the grid", Selection.Count > 0 ? Chosen(least: 1) : [.. Graph.Nodes], node => (Math.Round(node.X / 20) * 20, Math.Round(node.Y / 20) * 20));

    private static double Start(CanvasNode node, bool across) => across ? node.X : node.Y;

    private static double Length(CanvasNode node, bool across) => across ? CanvasNode.Width : node.Height;

    private IReadOnlyList<CanvasNode> Chosen(int least)
    {
        var nodes = Selection.Nodes.Select(Graph.Find).OfType<CanvasNode>().ToList();
        if (nodes.Count >= least) return nodes;
        Say($"Select at least {least} nodes first.");
        return [];
    }

    private void Place(string said, IReadOnlyList<CanvasNode> nodes, Func<CanvasNode, (double X, double Y)> where)
    {
        var moved = nodes.Select(node => (node, to: where(node))).Where(pair => (pair.node.X, pair.node.Y) != pair.to).ToDictionary(pair => pair.node.Id, pair => pair.to);
        if (moved.Count > 0) Apply(new FlowEdit.MoveNodes(moved), said);
        else Say("They are there already.");
    }
}
