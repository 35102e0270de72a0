namespace Flows.Contract.Layout;

/// <summary>Orders each column by where its neighbours lie (their barycentre), to and fro a fixed number of times.</summary>
internal static class Crossings
{
    private const int Sweeps = 4;

    public static void Reduce(Layers layers)
    {
        var place = new double[layers.Next.Count];
        foreach (var column in layers.Columns) Number(column, place);
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            for (var at = 1; at < layers.Columns.Count; at++) Sort(layers.Columns, at, layers.Previous, place);
            for (var at = layers.Columns.Count - 2; at >= 0; at--) Sort(layers.Columns, at, layers.Next, place);
        }
        for (var at = 1; at < layers.Columns.Count; at++) Sort(layers.Columns, at, layers.Previous, place);
    }

    private static void Sort(List<List<int>> columns, int at, List<List<int>> neighbours, double[] place)
    {
        // OrderBy is stable: nodes with equal neighbours keep their order.
        columns[at] = columns[at].OrderBy(node => neighbours[node].Count == 0 ? place[node] : neighbours[node].Average(other => place[other])).ToList();
        Number(columns[at], place);
    }

    // Shares of the column rather than counts, so that columns of different lengths compare.
    private static void Number(List<int> column, double[] place)
    {
        for (var at = 0; at < column.Count; at++) place[column[at]] = (at + 0.5) / column.Count;
    }
}
