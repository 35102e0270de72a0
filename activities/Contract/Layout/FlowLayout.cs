using Flows.Contract.Definitions;

namespace Flows.Contract.Layout;

/// <summary>
/// Layered layout: left to right, stable (the same flow lies the same way), linear time but for crossing reduction.
/// After K. Sugiyama, S. Tagawa, M. Toda, "Methods for visual understanding of hierarchical system structures" (1981).
/// </summary>
public static class FlowLayout
{
    /// <param name="size">Width and height of a node in canvas units.</param>
    /// <returns>Top-left corner by activity id, for the flowchart's direct children.</returns>
    public static IReadOnlyDictionary<string, (double X, double Y)> Of(FlowActivity flowchart, Func<FlowActivity, (double Width, double Height)> size)
    {
        var nodes = flowchart.Children().Where(child => child.Slot == "activities").Select(child => child.Activity).DistinctBy(activity => activity.Id).ToList();
        if (nodes.Count == 0) return new Dictionary<string, (double, double)>();

        var corners = GraphLayout.Of(Edges(flowchart, nodes), [.. nodes.Select(size)]);
        return nodes.Select((node, at) => (node.Id, corners[at])).ToDictionary(one => one.Id, one => one.Item2);
    }

    private static List<(int From, int To)> Edges(FlowActivity flowchart, List<FlowActivity> nodes)
    {
        var byId = nodes.Select((node, at) => (node.Id, at)).ToDictionary(one => one.Id, one => one.at);
        return flowchart.Connections
            .Where(wire => byId.ContainsKey(wire.Source) && byId.ContainsKey(wire.Target) && wire.Source != wire.Target)
            .Select(wire => (byId[wire.Source], byId[wire.Target])).Distinct().ToList();
    }
}
