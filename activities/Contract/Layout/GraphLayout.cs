namespace Flows.Contract.Layout;

/// <summary>The layered layout of any graph: left to right, stable, what leads back turned around.</summary>
public static class GraphLayout
{
    /// <param name="edges">Each once, none from a node to itself, by the nodes' places in <paramref name="sizes"/>.</param>
    /// <returns>Each node's top-left corner.</returns>
    public static (double X, double Y)[] Of(IReadOnlyList<(int From, int To)> edges, IReadOnlyList<(double Width, double Height)> sizes)
    {
        if (sizes.Count == 0) return [];
        var layers = Layers.Of(sizes.Count, [.. edges]);
        Crossings.Reduce(layers);
        return Placement.Of(layers, [.. sizes]);
    }
}
