namespace Flows.Designer.Canvas;

/// <summary>Going to a node wherever it stands, and back again as in a browser.</summary>
public sealed partial class EditorSession
{
    private readonly List<(IReadOnlyList<string> Scopes, string? Node)> _trail = [];
    private int _here = -1;

    public bool CanGoBack => _here > 0 || (_here == 0 && !Same(_trail[0], Here));

    public bool CanGoForward => _here >= 0 && _here < _trail.Count - 1;

    private (IReadOnlyList<string> Scopes, string? Node) Here => ([.. _scopes], Selection.Single);

    /// <summary>Opens the body that a node stands in and selects it.</summary>
    /// <returns>False when there is no such node.</returns>
    public bool GoTo(string id)
    {
        if (!Draft.Index.Has(id)) return false;
        Remember();
        Open(ScopesOf(id), id);
        Remember();
        return true;
    }

    public void GoBack() => Walk(-1);

    public void GoForward() => Walk(+1);

    // What is ahead is forgotten when one goes elsewhere.
    private void Remember()
    {
        if (_here >= 0 && Same(_trail[_here], Here)) return;
        _trail.RemoveRange(_here + 1, _trail.Count - _here - 1);
        _trail.Add(Here);
        _here = _trail.Count - 1;
    }

    private void Walk(int by)
    {
        if (by < 0 && _here >= 0 && !Same(_trail[_here], Here)) Remember();
        var to = _here + by;
        if (to < 0 || to >= _trail.Count)
        {
            Say(by < 0 ? "There is nothing to go back to" : "There is nothing further on");
            return;
        }
        _here = to;
        Open(_trail[to].Scopes, _trail[to].Node);
    }

    private void Open(IReadOnlyList<string> scopes, string? node)
    {
        if (!_scopes.SequenceEqual(scopes) && scopes.All(Draft.Index.Has)) GoTo(scopes);
        Select(node is not null && Graph.Has(node) ? [node] : []);
    }

    // Containers that are looked into and the bodies they hold alternate on the way down from the root.
    private List<string> ScopesOf(string id)
    {
        var way = new List<string> { id };
        while (Draft.Index.ParentOf(way[0]) is { } parent) way.Insert(0, parent.Id);
        return [.. way.Where((_, depth) => depth % 2 == 0 && (depth < way.Count - 1 || way.Count % 2 == 1))];
    }

    private static bool Same((IReadOnlyList<string> Scopes, string? Node) one, (IReadOnlyList<string> Scopes, string? Node) other) =>
        one.Node == other.Node && one.Scopes.SequenceEqual(other.Scopes);
}
