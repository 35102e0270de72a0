using Flows.Contract.Artifacts;
using Flows.Designer.Canvas;

namespace Flows.Designer.Inspector.Code;

/// <summary>Columns of the tables before a node, as far as the run that is shown has told them.</summary>
public static class UpstreamColumns
{
    // Wires that lie between a node and the nearest table that a run has told.
    private const int Reach = 4;

    /// <summary>Of the table that comes into a port, or of the nearest one before it; empty when no run has told.</summary>
    public static IReadOnlyList<TableColumn> At(EditorSession session, string node, string port) =>
        session.Graph.Wires.FirstOrDefault(wire => wire.Kind == WireKind.Data && wire.Target == node && wire.TargetPort == port) is { } wire ? From(session, wire, Reach) : [];

    /// <summary>Of the first table before a node that has any.</summary>
    public static IReadOnlyList<TableColumn> Before(EditorSession session, string node) => Before(session, node, Reach);

    private static IReadOnlyList<TableColumn> From(EditorSession session, CanvasWire wire, int reach) =>
        Artifact.From(session.Steps.GetValueOrDefault(wire.Source)?.Outputs?[wire.SourcePort])?.Columns is { Count: > 0 } told ? told
        : reach > 0 ? Before(session, wire.Source, reach - 1) : [];

    // What is told beside the node comes before what is told further away.
    private static IReadOnlyList<TableColumn> Before(EditorSession session, string node, int reach)
    {
        var wires = session.Graph.Wires.Where(wire => wire.Kind == WireKind.Data && wire.Target == node).ToList();
        var near = wires.Select(wire => From(session, wire, 0)).FirstOrDefault(found => found.Count > 0);
        return near ?? wires.Select(wire => From(session, wire, reach)).FirstOrDefault(found => found.Count > 0) ?? [];
    }
}
