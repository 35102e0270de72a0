using Flows.Contract.Definitions;
using Flows.Contract.Layout;

namespace Flows.Designer.Runs;

/// <summary>A read-only drawing of a flow's outermost chart: nodes where they lie, control wires and data wires as curves.</summary>
public static class RunDrawing
{
    public const double Width = 200, Height = 62;

    public sealed record Node(string Id, string Title, string Kind, double X, double Y);

    /// <param name="Type">Port type of a data wire in lower case; null for a control wire.</param>
    public sealed record Wire(string Path, string Class, string? Type);

    public static (IReadOnlyList<Node> Nodes, IReadOnlyList<Wire> Wires) Of(FlowDefinition flow)
    {
        if (flow.Root is not { } root) return ([], []);
        var activities = root.Children().Select(child => child.Activity).DistinctBy(activity => activity.Id).ToList();
        if (activities.Count == 0) activities = [root];

        var laid = activities.All(activity => Canvas.CanvasPlace.Of(activity) is not null) ? null : FlowLayout.Of(root, _ => (Width, Height));
        var nodes = activities.Select((activity, i) => Place(activity, i, laid)).ToList();
        var byId = nodes.ToDictionary(node => node.Id);
        return (nodes, [.. Data(activities, byId), .. Control(root, byId)]);
    }

    private static Node Place(FlowActivity activity, int order, IReadOnlyDictionary<string, (double X, double Y)>? laid)
    {
        var (x, y) = laid is null ? activity.Position!.Value : laid.TryGetValue(activity.Id, out var at) ? at : (order * (Width + 60), 0);
        return new Node(activity.Id, activity.Title, activity.Type.Split('.')[^1], x, y);
    }

    private static IEnumerable<Wire> Control(FlowActivity root, Dictionary<string, Node> nodes) =>
        from connection in root.Connections
        where nodes.ContainsKey(connection.Source) && nodes.ContainsKey(connection.Target)
        select new Wire(Curve(nodes[connection.Source], nodes[connection.Target], Height * .35), "control", null);

    private static IEnumerable<Wire> Data(List<FlowActivity> activities, Dictionary<string, Node> nodes)
    {
        var writers = new Dictionary<string, FlowActivity>();
        foreach (var activity in activities)
            foreach (var (name, _) in activity.Json)
                if (activity.OutputTarget(name) is { } variable) writers[variable] = activity;

        foreach (var reader in activities)
            foreach (var (name, _) in reader.Json)
                if (name is not ("metadata" or "customProperties") && reader.Input(name)?.VariableId is { } variable
                    && writers.TryGetValue(variable, out var writer) && writer.Id != reader.Id)
                    yield return new Wire(Curve(nodes[writer.Id], nodes[reader.Id], Height * .68), "data", TypeOf(name));
    }

    private static string TypeOf(string port) => port switch
    {
        "model" => "model",
        "metrics" => "metrics",
        "picture" => "image",
        _ => "table",
    };

    private static string Curve(Node from, Node to, double drop) =>
        Canvas.Curve.Path(from.X + Width, from.Y + drop, to.X, to.Y + drop);
}
