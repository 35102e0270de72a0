namespace Flows.Contract.Checks;

/// <summary>
/// Which of up to 64 pairs may run at the same time: somewhere two connections that are followed together part,
/// and one leads only to the first of the pair, the other only to the second. Ports of a decision are never followed together.
/// </summary>
internal static class ParallelPairs
{
    public static IEnumerable<WriterPair> Of(ChartMap map, IReadOnlyList<WriterPair> pairs)
    {
        var (first, second) = (Leading(map, pairs, pair => pair.First), Leading(map, pairs, pair => pair.Second));
        var parallel = 0UL;
        for (var child = 0; child < map.Places.Count; child++)
        {
            if (map.IsReachable[child] && map.Out[child].Length > 1) parallel |= PartingAt(map, child, first, second);
        }
        for (var bit = 0; bit < pairs.Count; bit++)
        {
            if ((parallel >> bit & 1) != 0 && !IsOrdered(map, pairs[bit], bit, first, second)) yield return pairs[bit];
        }
    }

    private static bool IsOrdered(ChartMap map, WriterPair pair, int bit, ulong[] first, ulong[] second) =>
        (second[map.Knots.Of[pair.First]] >> bit & 1) != 0 || (first[map.Knots.Of[pair.Second]] >> bit & 1) != 0;

    // Per knot: the pairs whose one side can still be reached from there.
    private static ulong[] Leading(ChartMap map, IReadOnlyList<WriterPair> pairs, Func<WriterPair, int> side)
    {
        var leading = new ulong[map.Knots.Count];
        for (var bit = 0; bit < pairs.Count; bit++) leading[map.Knots.Of[side(pairs[bit])]] |= 1UL << bit;
        for (var knot = map.Knots.Count - 1; knot >= 0; knot--)
        {
            foreach (var member in map.Knots.Members[knot])
            {
                foreach (var edge in map.Out[member]) leading[knot] |= leading[map.Knots.Of[map.To[edge]]];
            }
        }
        return leading;
    }

    private static ulong PartingAt(ChartMap map, int child, ulong[] first, ulong[] second)
    {
        var isForking = map.IsForking(child);
        var parting = 0UL;
        foreach (var together in map.Out[child].GroupBy(edge => isForking ? "" : map.Edges[edge].SourcePort ?? "Done"))
        {
            var (ones, twos) = (0UL, 0UL);
            foreach (var edge in together)
            {
                var knot = map.Knots.Of[map.To[edge]];
                var (one, two) = (first[knot] & ~second[knot], second[knot] & ~first[knot]);
                parting |= (ones & two) | (twos & one);
                ones |= one;
                twos |= two;
            }
        }
        return parting;
    }
}
