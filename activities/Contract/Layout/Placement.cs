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
        var (left, top) = (0.0, double.PositiveInfinity);
        foreach (var column in layers.Columns)
        {
            Stack(column, layers, sizes, middle);
            var width = 0.0;
            foreach (var node in column)
            {
                if (node >= layers.Nodes) continue;
                corners[node] = (left, middle[node] - sizes[node].Height / 2);
                (width, top) = (Math.Max(width, sizes[node].Width), Math.Min(top, corners[node].Y));
            }
            left += width + ColumnGap;
        }
        return Array.ConvertAll(corners, corner => (Math.Round(corner.X), Math.Round(corner.Y - top)));
    }

    private static void Stack(List<int> column, Layers layers, (double Width, double Height)[] sizes, double[] middle)
    {
        var (bottom, lean) = (double.NegativeInfinity, 0.0);
        foreach (var node in column)
        {
            var (half, wanted) = (HeightOf(node, layers, sizes) / 2, Wanted(layers.Previous[node], middle));
            middle[node] = Math.Max(wanted, bottom + half);
            bottom = middle[node] + half + RowGap;
            lean += wanted - middle[node];
        }
        // Pushing apart only went down: the column moves back up by the mean.
        foreach (var node in column) middle[node] += lean / column.Count;
    }

    private static double Wanted(List<int> previous, double[] middle)
    {
        var sum = 0.0;
        foreach (var other in previous) sum += middle[other];
        return previous.Count == 0 ? 0 : sum / previous.Count;
    }

    private static double HeightOf(int node, Layers layers, (double Width, double Height)[] sizes) =>
        node < layers.Nodes ? Math.Max(sizes[node].Height, 1) : WaypointHeight;
}
