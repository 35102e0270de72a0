using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Contract.Diff;

namespace Flows.Designer.Canvas;

/// <summary>The draft held against another version of it, for drawing: what came, what changed, what moved, and what is gone as ghosts.</summary>
public sealed class FlowComparison
{
    private readonly Dictionary<string, string> _marks = [];

    /// <param name="container">The container on the canvas; its counterpart is looked for by id.</param>
    public FlowComparison(FlowDefinition before, FlowDefinition now, string? container, ActivityCatalog catalog)
    {
        Before = before;
        Changes = FlowDiff.Between(before, now);
        foreach (var change in Changes) Mark(change);
        if (container is null || before.Find(container) is not { } then) return;
        var graph = CanvasGraph.Of(then, catalog);
        var gone = Changes.OfType<FlowChange.NodeRemoved>().Select(change => change.Id).ToHashSet();
        Ghosts = [.. graph.Nodes.Where(node => gone.Contains(node.Id))];
        var cut = Changes.SelectMany(Cut).ToHashSet();
        GhostWires = [.. graph.Wires.Where(wire => cut.Contains((wire.Source, wire.SourcePort, wire.Target)))];
    }

    public FlowDefinition Before { get; }

    public IReadOnlyList<FlowChange> Changes { get; }

    /// <summary>Nodes that are no longer there, where they stood.</summary>
    public IReadOnlyList<CanvasNode> Ghosts { get; } = [];

    public IReadOnlyList<CanvasWire> GhostWires { get; } = [];

    /// <summary><c>added</c>, <c>changed</c>, <c>moved</c>; null when the node is as it was.</summary>
    public string? MarkOf(string id) => _marks.GetValueOrDefault(id);

    private void Mark(FlowChange change)
    {
        switch (change)
        {
            case FlowChange.NodeAdded added: _marks[added.Id] = "added"; break;
            case FlowChange.Changed { Owner: { } owner }: Put(owner, "changed"); break;
            case FlowChange.WireAdded or FlowChange.WireRemoved or FlowChange.Rewired: Put(change.Node!, "changed"); break;
            case FlowChange.Moved moved: _marks.TryAdd(moved.Id, "moved"); break;
        }
    }

    // Changed says more than moved, added more than either.
    private void Put(string id, string mark)
    {
        if (_marks.GetValueOrDefault(id) != "added") _marks[id] = mark;
    }

    private static IEnumerable<(string, string, string)> Cut(FlowChange change) => change switch
    {
        FlowChange.WireRemoved gone => [(gone.Wire.Source, gone.Wire.SourcePort, gone.Wire.Target)],
        FlowChange.Rewired moved => [(moved.Before.Source, moved.Before.SourcePort, moved.Before.Target)],
        _ => [],
    };
}
