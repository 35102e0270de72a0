using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Flows.Tests.Crash;

/// <summary>Reads the journals of runs as they lie in the storage, and says everything that must not be in them.</summary>
public sealed class JournalAudit(string data, string? storage)
{
    private static readonly ActivityCatalog Catalog = ActivityCatalog.Of(typeof(global::Flows.Library.LibraryAssembly).Assembly);

    /// <summary>What is wrong with a finished run's journal; empty when nothing is.</summary>
    public IReadOnlyList<string> Of(RunRecord run, FlowDefinition definition)
    {
        var rows = Read(run.Id);
        var problems = new List<string>();
        if (!rows.Select(row => row.Seq).SequenceEqual(Enumerable.Range(0, rows.Count).Select(seq => (long)seq))) problems.Add($"its sequence is {string.Join(' ', rows.Select(row => row.Seq))}");

        var graph = FlowGraph.Compile(definition, (_, _) => null, Catalog);
        var live = new RunState(run.Id, graph);
        var accepted = new HashSet<(int, int)>();
        foreach (var happened in Events(rows))
        {
            // A While's condition is evaluated anew before each pass.
            if (happened is RunEvent.StepEnded ended && live.Accepts(ended) && live.ActivityOf(ended.Step).Type != "Elsa.While" && !accepted.Add((ended.Step, ended.Attempt))) problems.Add($"step {ended.Step} ended twice in attempt {ended.Attempt}");
            live.Apply(happened);
        }
        if (Text(live.ToRecord()) != Text(run)) problems.Add($"it says another end than the record:\n{Text(live.ToRecord())}\n{Text(run)}");
        return [.. problems.Select(problem => $"journal of {run.Id}: {problem}"), .. Prefixes(run.Id, graph, rows)];
    }

    /// <summary>Who took each of the runs over, in order; none for a run that its first owner finished.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Owners(IEnumerable<string> runs) =>
        [.. runs.Select(run => Events(Read(run)).OfType<RunEvent.OwnerChanged>().Select(changed => changed.Owner).ToList())];

    /// <summary>Rows that are there for what is under way only: when every run is over, a place or slot that a job still holds is lost.</summary>
    public IEnumerable<string> Left()
    {
        foreach (var table in (string[])["step_jobs", "bookmarks", "run_mail"])
        {
            if (Count($"SELECT count(*) FROM {table}") is var left and > 0) yield return $"{left} rows are left in {table}";
        }
    }

    /// <summary>Jobs of Hangfire that nobody would do, although every server and runner is there.</summary>
    public IEnumerable<string> Queued()
    {
        if (storage is null) yield break;
        foreach (var (what, sql) in Undone)
        {
            if (Texts(sql) is { Count: > 0 } left) yield return $"{left.Count} jobs of Hangfire {what}: {string.Join(", ", left.Take(5))}";
        }
    }

    // One that a dead process had fetched is given to its runner's next process by and by, which finds nothing to do.
    private static readonly (string What, string Sql)[] Undone =
    [
        ("wait in a queue that no runner listens to", """SELECT queue FROM flows_hangfire.jobqueue WHERE queue NOT IN (SELECT 'runner-' || "Name" FROM runners)"""),
        ("were not fetched", "SELECT concat_ws(' ', queue, j.createdat, arguments) FROM flows_hangfire.jobqueue q JOIN flows_hangfire.job j ON j.id = q.jobid WHERE q.fetchedat IS NULL"),
        ("are to be done and in no queue", "SELECT concat_ws(' ', id, statename, arguments) FROM flows_hangfire.job WHERE statename NOT IN ('Succeeded', 'Deleted') AND id NOT IN (SELECT jobid FROM flows_hangfire.jobqueue)"),
    ];

    private long Count(string sql)
    {
        using var connection = Open("flows.db");
        using var count = connection.CreateCommand();
        count.CommandText = sql;
        return Convert.ToInt64(count.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private List<string> Texts(string sql)
    {
        using var connection = Open("flows.db");
        using var select = connection.CreateCommand();
        select.CommandText = sql;
        using var found = select.ExecuteReader();
        var texts = new List<string>();
        while (found.Read()) texts.Add(found.GetString(0));
        return texts;
    }

    // A new owner at any event has to know what the old one knew.
    private static IEnumerable<string> Prefixes(string runId, FlowGraph graph, IReadOnlyList<Row> rows)
    {
        var live = new RunState(runId, graph);
        for (var count = 1; count <= rows.Count; count++)
        {
            live.Apply(Event(rows[count - 1]));
            if (count % 5 != rows.Count % 5) continue;
            var replayed = new RunState(runId, graph);
            foreach (var happened in Events(rows.Take(count))) replayed.Apply(happened);
            if (Open(live) != Open(replayed)) yield return $"journal of {runId}: its first {count} events give another state when they are replayed";
        }
    }

    private static IEnumerable<RunEvent> Events(IEnumerable<Row> rows) => rows.Select(Event);

    private static RunEvent Event(Row row) => JsonSerializer.Deserialize<RunEvent>(row.Body, ContractJson.Options)!;

    private static string Open(RunState state) => JsonSerializer.Serialize(state.ToRecord(), ContractJson.Options) + string.Join('\n', state.Pending());

    // What only the host knows is not in the journal.
    private static string Text(RunRecord run) => JsonSerializer.Serialize(run with { ProjectId = "", Author = "", Trigger = "", CreatedAt = default, ParentRunId = null }, ContractJson.Options);

    private List<Row> Read(string runId)
    {
        using var connection = Open("journal.db");
        using var select = connection.CreateCommand();
        select.CommandText = $"SELECT seq, body FROM {(storage is null ? "events" : "journal")} WHERE run = @run ORDER BY seq";
        var run = select.CreateParameter();
        (run.ParameterName, run.Value) = ("run", runId);
        select.Parameters.Add(run);
        using var found = select.ExecuteReader();
        var rows = new List<Row>();
        while (found.Read()) rows.Add(new Row(found.GetInt64(0), (byte[])found.GetValue(1)));
        return rows;
    }

    private DbConnection Open(string file)
    {
        DbConnection connection = storage is null ? new SqliteConnection($"Data Source={Path.Combine(data, file)};Pooling=False") : new NpgsqlConnection(storage + ";Pooling=false");
        connection.Open();
        return connection;
    }

    private sealed record Row(long Seq, byte[] Body);
}
