using Flows.Contract.Tracking;

namespace Flows.Hub.Tracking;

/// <summary>A curve with fewer points that looks the same.</summary>
public static class Downsampling
{
    /// <summary>By step and time; at most <paramref name="most"/>: the first, the last, and of each stretch the lowest, the highest and the first that is no number.</summary>
    public static IReadOnlyList<MetricPoint> Of(MetricPoint[] points, int most)
    {
        Sort(points);
        if (points.Length <= most) return points;
        if (most < 5) return most <= 0 ? [] : [.. points[..(most - 1)], points[^1]];
        var stretches = (most - 2) / 3;
        var kept = new SortedSet<int> { 0, points.Length - 1 };
        for (var i = 0; i < stretches; i++) Keep(points, (int)((long)i * points.Length / stretches), (int)((i + 1L) * points.Length / stretches), kept);
        return [.. kept.Select(place => points[place])];
    }

    // Nearly always one writer's, who counts up.
    private static void Sort(MetricPoint[] points)
    {
        for (var i = 1; i < points.Length; i++)
        {
            if (ByPlace.Compare(points[i - 1], points[i]) <= 0) continue;
            var sorted = points.Order(ByPlace).ToArray();
            sorted.CopyTo(points, 0);
            return;
        }
    }

    private static readonly Comparer<MetricPoint> ByPlace = Comparer<MetricPoint>.Create((one, other) => one.Step != other.Step ? one.Step.CompareTo(other.Step) : one.At.CompareTo(other.At));

    private static void Keep(MetricPoint[] points, int from, int to, SortedSet<int> kept)
    {
        int lowest = -1, highest = -1, strange = -1;
        for (var i = from; i < to; i++)
        {
            if (!double.IsFinite(points[i].Value)) strange = strange < 0 ? i : strange;
            else
            {
                if (lowest < 0 || points[i].Value < points[lowest].Value) lowest = i;
                if (highest < 0 || points[i].Value > points[highest].Value) highest = i;
            }
        }
        foreach (var place in (int[])[lowest, highest, strange])
        {
            if (place >= 0) kept.Add(place);
        }
    }
}
