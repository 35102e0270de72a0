using Flows.Contract.Layout;
using Flows.Contract.Provenance.Graphs;

namespace Flows.Designer.Provenance;

/// <summary>Where a trace's things lie and how the links between them run. A run that only holds steps together is not drawn: each step says which it is of.</summary>
public static class TraceDrawing
{
    public const double Width = 216, Height = 62;

    /// <summary>More than this is no drawing any more; the lists have all.</summary>
    public const int MostNodes = 400;

    public sealed record Node(TraceNode Thing, double X, double Y);

    public sealed record Wire(string From, string To, string Role, string Path);

    public static (IReadOnlyList<Node> Nodes, IReadOnlyList<Wire> Wires) Of(Trace trace)
    {
        var things = trace.Nodes.Where(node => node.Kind != TraceKinds.Run || node.Key == trace.Subject).Take(MostNodes).ToList();
        var places = things.Select((thing, i) => (thing.Key, i)).ToDictionary(one => one.Key, one => one.i);
        var links = Drawn(trace, places);
        var corners = GraphLayout.Of([.. links.Select(link => (places[link.From], places[link.To])).Distinct()], [.. things.Select(_ => (Width, Height))]);
        return ([.. things.Select((thing, i) => new Node(thing, corners[i].X, corners[i].Y))],
            [.. links.GroupBy(link => (link.From, link.To)).Select(some => new Wire(some.Key.From, some.Key.To, string.Join(", ", some.Select(link => link.Role)), Curve(corners[places[some.Key.From]], corners[places[some.Key.To]])))]);
    }

    // A run leads to the steps that nothing else leads to.
    private static List<TraceLink> Drawn(Trace trace, Dictionary<string, int> places)
    {
        var shown = trace.Links.Where(link => link.From != link.To && places.ContainsKey(link.From) && places.ContainsKey(link.To)).ToList();
        var led = shown.Where(link => !IsOfRun(link)).Select(link => link.To).ToHashSet();
        return [.. shown.Where(link => !IsOfRun(link) || !led.Contains(link.To))];
    }

    private static bool IsOfRun(TraceLink link) => link.From.StartsWith(TraceKinds.Run + "/", StringComparison.Ordinal);

    private static string Curve((double X, double Y) from, (double X, double Y) to) => Canvas.Curve.Path(from.X + Width, from.Y + Height / 2, to.X, to.Y + Height / 2);
}
