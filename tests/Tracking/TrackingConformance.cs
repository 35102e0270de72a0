using Flows.Contract.Artifacts;
using Flows.Contract.Tracking;
using Flows.Hub.Tracking;
using Flows.Tests.Support;

namespace Flows.Tests.Tracking;

/// <summary>What the tracking store keeps to, on both storages.</summary>
public abstract class TrackingConformance(StorageKind kind, PostgresServer postgres) : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private TestStorage _storage = null!;
    private TrackingStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _storage = await TestStorage.NewAsync(kind, postgres);
        _store = Open();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _store.DisposeAsync();
        _storage.Dispose();
    }

    [Fact]
    public async Task Points_come_back_as_they_were_NaN_and_infinities_too()
    {
        double[] values = [0.1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.Epsilon, -0.0];

        await TakeAsync("a", "w", 0, [.. values.Select((value, i) => Point("loss", value, step: i, at: 1_700_000_000_000 + i))]);

        var points = await _store.PointsAsync("a", "", "loss", 0, 100, None);
        Assert.Equal(values.Select(BitConverter.DoubleToInt64Bits), points.Select(point => BitConverter.DoubleToInt64Bits(point.Value)));
        Assert.Equal((6, 1_700_000_000_006), (points[^1].Step, points[^1].At));
        var series = Assert.Single(await _store.SeriesAsync("a", None));
        Assert.Equal((7, double.NegativeInfinity, double.PositiveInfinity), (series.Count, series.Min, series.Max));
        Assert.Equal(-0.0, series.Last.Value);
    }

    [Fact]
    public async Task A_curve_that_ends_in_NaN_says_so_and_one_without_a_number_has_no_lowest()
    {
        await TakeAsync("a", "w", 0, Point("mixed", 1), Point("mixed", double.NaN, step: 1), Point("never", double.NaN));

        var (mixed, never) = (await _store.SeriesAsync("a", None)) is [var one, var two] ? (one, two) : throw new InvalidOperationException();

        Assert.Equal((double.NaN, 1, 1), (mixed.Last.Value, mixed.Min, mixed.Max));
        Assert.Equal((double.NaN, (double?)null, null), (never.Last.Value, never.Min, never.Max));
    }

    [Fact]
    public async Task The_last_value_is_that_of_the_largest_step_whatever_came_last()
    {
        await TakeAsync("a", "w", 0, Point("loss", 3, step: 9, at: 1), Point("loss", 4, step: 2, at: 5));
        await TakeAsync("a", "w", 2, Point("loss", 5, step: 3, at: 9));

        Assert.Equal(new MetricPoint(9, 1, 3), (await _store.SeriesAsync("a", None))[0].Last);
    }

    [Fact]
    public async Task What_is_sent_twice_is_kept_once_and_what_overlaps_goes_on_behind_it()
    {
        Assert.Equal(3, await TakeAsync("a", "w", 0, Point("loss", 0), Point("loss", 1), Point("loss", 2)));
        Assert.Equal(3, await TakeAsync("a", "w", 0, Point("loss", 0), Point("loss", 1), Point("loss", 2)));
        Assert.Equal(5, await TakeAsync("a", "w", 1, Point("loss", 1), Point("loss", 2), Point("loss", 3), null));

        await using var later = Open();
        Assert.Equal(6, Assert.IsType<Appended.Taken>(await later.AppendAsync(new TrackedBy("a", ""), Batch("w", 5, Point("loss", 4)))).Accepted);

        Assert.Equal([0d, 1, 2, 3, 4], (await _store.PointsAsync("a", "", "loss", 0, 100, None)).Select(point => point.Value));
    }

    [Fact]
    public async Task A_gap_in_a_stream_is_said_and_nothing_of_the_batch_is_kept()
    {
        await TakeAsync("a", "w", 0, Point("loss", 0));

        var gap = Assert.IsType<Appended.Gap>(await _store.AppendAsync(new TrackedBy("a", ""), Batch("w", 2, Point("loss", 2))));

        Assert.Equal(1, gap.Accepted);
        Assert.Equal(1, (await _store.SeriesAsync("a", None))[0].Count);
    }

    [Fact]
    public async Task Two_clients_write_one_run_at_once_and_neither_loses_anything()
    {
        await using var second = Open();
        TrackingStore[] stores = [_store, kind == StorageKind.Sqlite ? _store : second];
        await Task.WhenAll(stores.Select((store, who) => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++) Assert.IsType<Appended.Taken>(await store.AppendAsync(new TrackedBy("a", ""), Batch($"w{who}", 2 * i, Point("shared", i, step: 2 * i + who), Point($"own{who}", i, step: i))));
        })));

        Assert.Equal([("own0", 50), ("own1", 50), ("shared", 100)], (await _store.SeriesAsync("a", None)).Select(series => (series.Name, series.Count)));
        Assert.Equal(Enumerable.Range(0, 100).Select(step => (long)step), Downsampling.Of(await _store.PointsAsync("a", "", "shared", 0, 1000, None), 1000).Select(point => point.Step));
    }

    [Fact]
    public async Task A_parameter_does_not_change_and_a_tag_does()
    {
        await TakeAsync("a", "w", 0, Param("C", "1"), Tag("stage", "begun"));
        await TakeAsync("a", "w", 2, Param("C", "1"), Tag("stage", "ended"));

        var refused = Assert.IsType<Appended.Refused>(await _store.AppendAsync(new TrackedBy("a", ""), Batch("other", 0, Point("loss", 1), Param("C", "2"))));

        Assert.Equal(("entries[1]", "parameter-changed"), (refused.Problems[0].Field, refused.Problems[0].Code));
        Assert.Contains("\"C\" is \"1\" already", refused.Problems[0].Message);
        Assert.Empty(await _store.SeriesAsync("a", None));
        var facts = await _store.FactsAsync("a", None);
        Assert.Equal(("C", "1"), (facts.Parameters[0].Name, facts.Parameters[0].Text));
        Assert.Equal("ended", Assert.Single(facts.Tags).Text);
    }

    [Fact]
    public async Task Pictures_of_one_name_stand_beside_each_other_by_step()
    {
        var (one, two) = (new Artifact(new string('a', 64), "Image", "p.png", 3), new Artifact(new string('b', 64), "Image", "p.png", 4));

        await TakeAsync("a", "w", 0, new TrackedEntry { File = "sample", Step = 0, Artifact = one }, new TrackedEntry { File = "sample", Step = 1, Artifact = two });

        Assert.Equal([(0, one.Sha256), (1, two.Sha256)], (await _store.FactsAsync("a", None)).Files.Select(file => (file.Step, file.Artifact.Sha256)));
    }

    [Fact]
    public async Task A_later_attempt_of_a_step_replaces_what_the_earlier_one_said_and_the_earlier_one_is_heard_no_more()
    {
        var step = new TrackedBy("a", "a.1", 1);
        await _store.AppendAsync(step, Batch("first", 0, Point("loss", 9), Param("C", "1")));
        await TakeAsync("a", "others", 0, Point("loss", 7));

        Assert.IsType<Appended.Taken>(await _store.AppendAsync(step with { Attempt = 2 }, Batch("second", 0, Point("loss", 1), Param("C", "2"))));

        Assert.IsType<Appended.Void>(await _store.AppendAsync(step, Batch("first", 2, Point("loss", 8))));
        Assert.Equal([("", 7d, 1), ("a.1", 1d, 1)], (await _store.SeriesAsync("a", None)).Select(series => (series.StepId, series.Last.Value, series.Count)));
        Assert.Equal([1d], (await _store.PointsAsync("a", "a.1", "loss", 0, 10, None)).Select(point => point.Value));
    }

    [Fact]
    public async Task A_million_points_are_a_matter_of_seconds_and_read_as_few()
    {
        const int many = 1_000_000;
        var began = TimeProvider.System.GetTimestamp();
        for (var from = 0; from < many; from += TrackingBatch.MostEntries)
            await TakeAsync("a", "w", from, [.. Enumerable.Range(from, TrackingBatch.MostEntries).Select(i => Point("loss", i == 777_777 ? double.NaN : Math.Sin(i / 1e5), step: i, at: i))]);
        var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;

        var all = await _store.PointsAsync("a", "", "loss", 0, int.MaxValue, None);
        var few = Downsampling.Of(all, 500);

        Assert.Equal(many, all.Length);
        Assert.Equal(new MetricPoint(123_456, 123_456, Math.Sin(1.23456)), Assert.Single(await _store.PointsAsync("a", "", "loss", 123_456, 1, None)));
        Assert.InRange(few.Count, 300, 500);
        Assert.Equal((0, many - 1), (few[0].Step, few[^1].Step));
        Assert.Contains(few, point => double.IsNaN(point.Value) && point.Step == 777_777);
        Assert.True(seconds < 60, $"{many} points took {seconds} s");
        TestContext.Current.TestOutputHelper?.WriteLine($"{kind}: {seconds:0.00} s");
    }

    [Fact]
    public async Task What_is_forgotten_is_gone_and_nothing_else()
    {
        foreach (var run in (string[])["a", "b"]) await TakeAsync(run, "w", 0, Point("loss", 1), Tag("t", "x"));

        await _store.ForgetAsync(["a"]);

        Assert.Empty(await _store.SeriesAsync("a", None));
        Assert.Empty((await _store.FactsAsync("a", None)).Tags);
        Assert.Equal(0, await TakeAsync("a", "w", 0));
        Assert.Single(await _store.PointsAsync("b", "", "loss", 0, 10, None));
        Assert.Single((await _store.FactsAsync("b", None)).Tags);
    }

    private TrackingStore Open() => new(_storage.Connection is { } connection ? new PostgresTracking(connection) : new SqliteTracking(Path.Combine(_storage.Folder, "tracking.db")));

    private async Task<long> TakeAsync(string run, string writer, long from, params TrackedEntry?[] entries) =>
        Assert.IsType<Appended.Taken>(await _store.AppendAsync(new TrackedBy(run, ""), Batch(writer, from, entries))).Accepted;

    private static TrackingBatch Batch(string writer, long from, params TrackedEntry?[] entries) => new() { Writer = writer, From = from, Entries = entries };

    private static TrackedEntry Point(string name, double value, long step = 0, long at = 0) => new() { Metric = name, Value = value, Step = step, At = at };

    private static TrackedEntry Param(string name, string text) => new() { Param = name, Text = text };

    private static TrackedEntry Tag(string name, string text) => new() { Tag = name, Text = text };
}

public sealed class SqliteTrackingTests(PostgresServer postgres) : TrackingConformance(StorageKind.Sqlite, postgres);

public sealed class PostgresTrackingTests(PostgresServer postgres) : TrackingConformance(StorageKind.Postgres, postgres);
