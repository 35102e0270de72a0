namespace Flows.Contract.Graphs;

/// <summary>A directed graph as arrays: nodes and arrows by number.</summary>
public sealed class Arrows
{
    public Arrows(int nodes, int[] from, int[] to)
    {
        (Nodes, From, To) = (nodes, from, to);
        (Out, In) = (Group(from, nodes), Group(to, nodes));
    }

    public int Nodes { get; }

    public int Count => From.Length;

    /// <summary>Where each arrow begins.</summary>
    public int[] From { get; }

    /// <summary>Where each arrow ends.</summary>
    public int[] To { get; }

    /// <summary>Arrows that leave a node, in their order.</summary>
    public int[][] Out { get; }

    /// <summary>Arrows that enter a node, in their order.</summary>
    public int[][] In { get; }

    private static int[][] Group(int[] ends, int nodes)
    {
        var sizes = new int[nodes];
        foreach (var end in ends) sizes[end]++;
        var groups = Array.ConvertAll(sizes, size => new int[size]);
        Array.Clear(sizes);
        for (var arrow = 0; arrow < ends.Length; arrow++) groups[ends[arrow]][sizes[ends[arrow]]++] = arrow;
        return groups;
    }
}
