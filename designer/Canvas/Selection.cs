namespace Flows.Designer.Canvas;

/// <summary>Chosen nodes, the last one first in line for the inspector, or one chosen wire.</summary>
public sealed class Selection
{
    private readonly List<string> _nodes = [];
    private HashSet<string> _set = [];

    public IReadOnlyList<string> Nodes => _nodes;

    public IReadOnlySet<string> Chosen => _set;

    /// <summary>Key of the chosen wire.</summary>
    public string? Wire { get; private set; }

    public int Count => _nodes.Count;

    /// <summary>The only chosen node, or null.</summary>
    public string? Single => _nodes.Count == 1 ? _nodes[0] : null;

    public string? Last => _nodes.Count == 0 ? null : _nodes[^1];

    public bool Has(string id) => _set.Contains(id);

    /// <param name="add">Add to what is chosen; one that is already chosen leaves.</param>
    public void Set(IEnumerable<string> ids, bool add = false)
    {
        var chosen = ids.ToList();
        if (!add) _nodes.Clear();
        _set = [.. _nodes];
        // Thousands are chosen at once: each is looked up, not looked for.
        foreach (var id in chosen)
            if (_set.Add(id)) _nodes.Add(id);
            else if (_set.Remove(id)) _nodes.Remove(id);
        Wire = null;
    }

    public void ChooseWire(string key)
    {
        Clear();
        Wire = key;
    }

    public void Clear()
    {
        _nodes.Clear();
        _set = [];
        Wire = null;
    }

    public void Keep(CanvasGraph graph)
    {
        if (_nodes.RemoveAll(id => !graph.Has(id)) > 0) _set = [.. _nodes];
        if (Wire is not null && graph.Wires.All(wire => wire.Key != Wire)) Wire = null;
    }
}
