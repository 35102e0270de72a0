using Flows.Contract.Definitions;

namespace Flows.Contract.Layout;

/// <summary>Layered layout: left to right, stable (the same flow lies the same way), linear time but for crossing reduction.</summary>
public static class FlowLayout
{
    /// <param name="size">Width and height of a node in canvas units.</param>
    /// <returns>Top-left corner by activity id, for the flowchart's direct children.</returns>
    public static IReadOnlyDictionary<string, (double X, double Y)> Of(FlowActivity flowchart, Func<FlowActivity, (double Width, double Height)> size) =>
        new Dictionary<string, (double, double)>();
}
