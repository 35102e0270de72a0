using System.Data.Common;
using System.Runtime.InteropServices;
using Flows.Contract.Checks;
using Flows.Contract.Tracking;

namespace Flows.Hub.Tracking;

/// <summary>The points of one batch, by the curves that they go on.</summary>
internal sealed class Curves(DbTransaction transaction, TrackedBy by, IReadOnlyList<TrackedEntry?> entries)
{
    private readonly List<(string Name, Curve? Before, MetricPoint[] Points)> _curves =
        [.. entries.OfType<TrackedEntry>().Where(entry => entry.Metric is not null).GroupBy(entry => entry.Metric!).Select(metric =>
            (metric.Key, Find(transaction, by, metric.Key), metric.Select(entry => new MetricPoint(entry.Step, entry.At, entry.Value!.Value)).ToArray()))];

    public IEnumerable<FlowProblem> Problems()
    {
        foreach (var (name, before, points) in _curves)
        {
            if ((before?.Count ?? 0) + points.Length > TrackingStore.MostPoints)
                yield return EntryChecks.Problem(null, "too-many-points", $"The metric \"{name}\" would have more than {TrackingStore.MostPoints:N0} points.", "Measure less often.");
        }
        var made = _curves.Count(curve => curve.Before is null);
        if (made > 0 && Count() + made > TrackingStore.MostSeries)
            yield return EntryChecks.Problem(null, "too-many-metrics", $"The run would have more than {TrackingStore.MostSeries:N0} metrics.", "Put what counts on into a metric's steps instead of into its name.");
    }

    public void Add()
    {
        foreach (var (name, before, points) in _curves)
        {
            Insert(name, before?.Count ?? 0, points);
            Keep(name, points.Aggregate(before ?? Curve.None, (curve, point) => curve.With(point)));
        }
    }

    private long Count()
    {
        using var count = transaction.Command("SELECT count(*) FROM tracking_series WHERE run = @run", ("run", by.RunId));
        return Convert.ToInt64(count.ExecuteScalar(), null);
    }

    private void Insert(string name, long first, MetricPoint[] points)
    {
        using var insert = transaction.Command("INSERT INTO tracking_points (run, step, name, first, body) VALUES (@run, @step, @name, @first, @body)",
            ("run", by.RunId), ("step", by.StepId), ("name", name), ("first", first), ("body", MemoryMarshal.AsBytes<MetricPoint>(points).ToArray()));
        insert.ExecuteNonQuery();
    }

    private void Keep(string name, Curve curve)
    {
        using var keep = transaction.Command("""
            INSERT INTO tracking_series (run, step, name, points, last_step, last_at, last_value, lowest, highest) VALUES (@run, @step, @name, @points, @last_step, @last_at, @last_value, @lowest, @highest)
            ON CONFLICT (run, step, name) DO UPDATE SET points = excluded.points, last_step = excluded.last_step, last_at = excluded.last_at, last_value = excluded.last_value, lowest = excluded.lowest, highest = excluded.highest
            """, ("run", by.RunId), ("step", by.StepId), ("name", name), ("points", curve.Count), ("last_step", curve.Last.Step), ("last_at", curve.Last.At), ("last_value", Stored(curve.Last.Value)), ("lowest", curve.Lowest), ("highest", curve.Highest));
        keep.ExecuteNonQuery();
    }

    // SQLite has no NaN: null stands for it.
    private static double? Stored(double value) => double.IsNaN(value) ? null : value;

    private static Curve? Find(DbTransaction transaction, TrackedBy by, string name)
    {
        using var select = transaction.Command("SELECT points, last_step, last_at, last_value, lowest, highest FROM tracking_series WHERE run = @run AND step = @step AND name = @name", ("run", by.RunId), ("step", by.StepId), ("name", name));
        using var rows = select.ExecuteReader();
        if (!rows.Read()) return null;
        double? Number(int column) => rows.IsDBNull(column) ? null : rows.GetDouble(column);
        return new Curve(rows.GetInt64(0), new MetricPoint(rows.GetInt64(1), rows.GetInt64(2), Number(3) ?? double.NaN), Number(4), Number(5));
    }

    private sealed record Curve(long Count, MetricPoint Last, double? Lowest, double? Highest)
    {
        public static Curve None { get; } = new(0, new MetricPoint(long.MinValue, long.MinValue, double.NaN), null, null);

        public Curve With(MetricPoint point) => new(
            Count + 1,
            (point.Step, point.At).CompareTo((Last.Step, Last.At)) >= 0 ? point : Last,
            double.IsNaN(point.Value) ? Lowest : Math.Min(Lowest ?? double.PositiveInfinity, point.Value),
            double.IsNaN(point.Value) ? Highest : Math.Max(Highest ?? double.NegativeInfinity, point.Value));
    }
}
