namespace Flows.Contract.Layout;

/// <summary>Coordinates: columns side by side, each node level with what leads to it as far as there is room.</summary>
internal static class Placement
{
    private const double ColumnGap = 80;
    private const double RowGap = 40;
    private const double WaypointHeight = 10;

    public static (double X, double Y)[] Of(Layers layers, (double Width, double Height)[] sizes)
    {
        var middle = new double[layers.Next.Count];
        var corners = new (double X, double Y)[sizes.Length];
        var left = 0.0;
        foreach (var column in layers.Columns)
        {
            Stack(column, layers, sizes, middle);
            foreach (var node in column.Where(node => node < layers.Nodes)) corners[node] = (left, middle[node] - sizes[node].Height / 2);
            left += column.Where(node => node < layers.Nodes).Max(node => sizes[node].Width) + ColumnGap;
        }
        var top = corners.Min(corner => corner.Y);
        return Array.ConvertAll(corners, corner => (Math.Round(corner.X), Math.Round(corner.Y - top)));
    }

    private static void Stack(List<int> column, Layers layers, (double Width, double Height)[] sizes, double[] middle)
    {
        var wanted = column.Select(node => layers.Previous[node].Count == 0 ? 0 : layers.Previous[node].Average(other => middle[other])).ToArray();
        var bottom = double.NegativeInfinity;
        var lean = 0.0;
        for (var at = 0; at < column.Count; at++)
        {
            var half = HeightOf(column[at], layers, sizes) / 2;
            middle[column[at]] = Math.Max(wanted[at], bottom + half);
            bottom = middle[column[at]] + half + RowGap;
            lean += wanted[at] - middle[column[at]];
        }
        // Pushing apart only went down: the column moves back up by the mean.
        foreach (var node in column) middle[node] += lean / column.Count;
    }

    private static double HeightOf(int node, Layers layers, (double Width, double Height)[] sizes) =>
        node < layers.Nodes ? Math.Max(sizes[node].Height, 1) : WaypointHeight;
}
