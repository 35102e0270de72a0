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
            for (var at = 1; at < layers.Columns.Count; at++) Sort(layers.Columns[at], layers.Previous, place);
            for (var at = layers.Columns.Count - 2; at >= 0; at--) Sort(layers.Columns[at], layers.Next, place);
        }
        for (var at = 1; at < layers.Columns.Count; at++) Sort(layers.Columns[at], layers.Previous, place);
    }

    private static void Sort(List<int> column, List<List<int>> neighbours, double[] place)
    {
        var wanted = new double[column.Count];
        var isSorted = true;
        for (var at = 0; at < wanted.Length; at++)
        {
            wanted[at] = Wanted(column[at], neighbours[column[at]], place);
            isSorted &= at == 0 || wanted[at - 1] <= wanted[at];
        }
        // After the first sweeps most columns are.
        if (isSorted) return;
        var order = new int[wanted.Length];
        for (var at = 0; at < order.Length; at++) order[at] = at;
        // Nodes with equal neighbours keep their order.
        Array.Sort(order, (one, other) => wanted[one].CompareTo(wanted[other]) is var by and not 0 ? by : one.CompareTo(other));
        var before = column.ToArray();
        for (var at = 0; at < order.Length; at++) column[at] = before[order[at]];
        Number(column, place);
    }

    private static double Wanted(int node, List<int> neighbours, double[] place)
    {
        if (neighbours.Count == 0) return place[node];
        var sum = 0.0;
        foreach (var other in neighbours) sum += place[other];
        return sum / neighbours.Count;
    }

    // Shares of the column rather than counts, so that columns of different lengths compare.
    private static void Number(List<int> column, double[] place)
    {
        for (var at = 0; at < column.Count; at++) place[column[at]] = (at + 0.5) / column.Count;
    }
}
