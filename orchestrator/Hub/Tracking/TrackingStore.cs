using System.Data.Common;
using System.Runtime.InteropServices;
using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.Tracking;
using Flows.Hub.Storage;

namespace Flows.Hub.Tracking;

/// <summary>
/// Metrics, parameters, tags and pictures of runs. Batches of many writers share a commit; one that is sent twice is kept once. A step's
/// newest attempt replaces what earlier ones said.
/// </summary>
public sealed class TrackingStore : IAsyncDisposable
{
    /// <summary>Most points of one curve, and most curves of one run.</summary>
    public const long MostPoints = 10_000_000;

    public const int MostSeries = 10_000;

    private readonly ITrackingDatabase _database;
    private readonly GroupCommit<TrackingAppend> _writer;

    public TrackingStore(ITrackingDatabase database)
    {
        _database = database;
        _writer = new GroupCommit<TrackingAppend>("tracking", Commit);
    }

    /// <summary>Keeps what is new in a batch.</summary>
    public async Task<Appended> AppendAsync(TrackedBy by, TrackingBatch batch)
    {
        var append = new TrackingAppend(by, batch);
        await _writer.AddAsync(append);
        return append.Outcome;
    }

    /// <summary>Every curve of a run, by step and name, without its points.</summary>
    public Task<IReadOnlyList<MetricSeries>> SeriesAsync(string runId, CancellationToken cancellation) => Task.Run<IReadOnlyList<MetricSeries>>(() =>
    {
        using var connection = _database.Open();
        using var select = connection.Command("SELECT step, name, points, last_step, last_at, last_value, lowest, highest FROM tracking_series WHERE run = @run", ("run", runId));
        using var rows = select.ExecuteReader();
        var found = new List<MetricSeries>();
        while (rows.Read())
            found.Add(new MetricSeries(rows.GetString(0), rows.GetString(1), rows.GetInt64(2), new MetricPoint(rows.GetInt64(3), rows.GetInt64(4), Number(rows, 5) ?? double.NaN)) { Min = Number(rows, 6), Max = Number(rows, 7) });
        return [.. found.OrderBy(series => series.StepId, StringComparer.Ordinal).ThenBy(series => series.Name, StringComparer.Ordinal)];
    }, cancellation);

    /// <summary>Points of a curve as they came, from the one with a number on, counted from 0.</summary>
    public Task<MetricPoint[]> PointsAsync(string runId, string stepId, string name, long from, int most, CancellationToken cancellation) => Task.Run(() =>
    {
        using var connection = _database.Open();
        // The piece that the number lies in, and those behind it.
        using var select = connection.Command("""
            SELECT first, body FROM tracking_points WHERE run = @run AND step = @step AND name = @name
              AND first >= coalesce((SELECT max(first) FROM tracking_points WHERE run = @run AND step = @step AND name = @name AND first <= @from), 0) ORDER BY first
            """, ("run", runId), ("step", stepId), ("name", name), ("from", from));
        using var rows = select.ExecuteReader();
        var found = new List<MetricPoint>();
        while (found.Count < most && rows.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            var points = MemoryMarshal.Cast<byte, MetricPoint>((byte[])rows[1]);
            found.AddRange(points[(int)Math.Clamp(from - rows.GetInt64(0), 0, points.Length)..]);
        }
        return found.Count <= most ? found.ToArray() : found.GetRange(0, most).ToArray();
    }, cancellation);

    public Task<RunTracking> FactsAsync(string runId, CancellationToken cancellation) => Task.Run(() =>
    {
        using var connection = _database.Open();
        using var select = connection.Command("SELECT step, kind, name, place, body, at FROM tracking_facts WHERE run = @run", ("run", runId));
        using var rows = select.ExecuteReader();
        var facts = new List<(string Kind, TrackedText Text, long Place)>();
        while (rows.Read()) facts.Add((rows.GetString(1), new TrackedText(rows.GetString(0), rows.GetString(2), rows.GetString(4), rows.GetInt64(5)), rows.GetInt64(3)));
        facts.Sort((one, other) => (one.Text.At, one.Text.Name, one.Place).CompareTo((other.Text.At, other.Text.Name, other.Place)));
        return new RunTracking(Texts(facts, TrackingAppend.Param), Texts(facts, TrackingAppend.Tag), [.. facts.Where(fact => fact.Kind == TrackingAppend.File)
            .Select(fact => new TrackedFile(fact.Text.StepId, fact.Text.Name, fact.Place, JsonSerializer.Deserialize<Artifact>(fact.Text.Text, ContractJson.Options)!, fact.Text.At))]);
    }, cancellation);

    /// <summary>Removes all that runs said.</summary>
    public Task ForgetAsync(IReadOnlyList<string> runIds) => Task.Run(() =>
    {
        using var connection = _database.Open();
        using var transaction = connection.BeginTransaction();
        foreach (var run in runIds)
        {
            foreach (var table in TrackingTables.Names)
            {
                using var delete = transaction.Command($"DELETE FROM {table} WHERE run = @run", ("run", run));
                delete.ExecuteNonQuery();
            }
        }
        transaction.Commit();
    });

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _database.DisposeAsync();
    }

    private void Commit(IReadOnlyList<TrackingAppend> waiting)
    {
        using var connection = _database.Open();
        using var transaction = connection.BeginTransaction();
        _database.Hold(transaction, waiting.Select(append => append.By.RunId));
        foreach (var append in waiting) append.CarryOut(transaction);
        transaction.Commit();
    }

    private static List<TrackedText> Texts(List<(string Kind, TrackedText Text, long Place)> facts, string kind) => [.. facts.Where(fact => fact.Kind == kind).Select(fact => fact.Text)];

    private static double? Number(DbDataReader rows, int column) => rows.IsDBNull(column) ? null : rows.GetDouble(column);
}

/// <summary>Of what run and step a batch is.</summary>
/// <param name="StepId">Empty for the run itself.</param>
/// <param name="Attempt">Of a step that says so itself, from 1; null for what others say.</param>
public sealed record TrackedBy(string RunId, string StepId, int? Attempt = null);

/// <summary>What became of a batch.</summary>
public abstract record Appended
{
    private Appended() { }

    /// <param name="Accepted">Entries of the stream that are kept by now.</param>
    public sealed record Taken(long Accepted) : Appended;

    /// <summary>The batch begins behind what is kept: something between got lost.</summary>
    public sealed record Gap(long Accepted) : Appended;

    /// <summary>A later attempt of the step has begun.</summary>
    public sealed record Void : Appended;

    /// <summary>Nothing of the batch is kept.</summary>
    public sealed record Refused(IReadOnlyList<Contract.Checks.FlowProblem> Problems) : Appended;
}
