using System.Diagnostics;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Hub;
using Flows.Hub.Runs;
using Flows.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Flows.Benchmarks;

/// <summary>
/// Flows of 40 steps through the real server's run host, every step on disk before the next begins, on SQLite (WAL,
/// synchronous=FULL) and on PostgreSQL (synchronous_commit=on), against what the same database on the same disk gives a
/// bare table: one row a commit, and 100 rows a commit, a statement each. What PostgreSQL gives when 100 rows are one statement,
/// as the journal sends them, is told beside it (docs/decisions/0031).
/// </summary>
public static class DurableBench
{
    private const int Steps = 40;
    private const int Group = 100;

    // About what one step's event takes.
    private static readonly byte[] Row = new byte[160];

    public static async Task<IReadOnlyList<BenchResult>> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("flows-bench-").FullName;
        try
        {
            var sqlite = await MeasureAsync("SQLite FULL", new HubOptions { Data = Path.Combine(folder, "data") },
                (rows, perCommit) => Raw(Path.Combine(folder, $"{perCommit}.db"), rows, perCommit));
            return [.. sqlite, .. await PostgresAsync(Path.Combine(folder, "postgres"))];
        }
        finally { Directory.Delete(folder, recursive: true); }
    }

    private static async Task<IReadOnlyList<BenchResult>> PostgresAsync(string data)
    {
        if (PostgresProcess.Programs() is null)
        {
            Console.Error.WriteLine("durable: no PostgreSQL on this machine, measured on SQLite only (install Debian's postgresql).");
            return [];
        }
        await using var server = new PostgresProcess();
        var connection = await server.NewDatabaseAsync();
        return await MeasureAsync("PostgreSQL", new HubOptions { Data = data, Storage = connection }, (rows, perCommit) => RawPostgres(connection, rows, perCommit), () => RawBulk(connection, 20_000));
    }

    private static async Task<IReadOnlyList<BenchResult>> MeasureAsync(string storage, HubOptions options, Func<int, int, double> raw, Func<double>? bulk = null)
    {
        await using var app = HubHost.Build(options with { Urls = "http://127.0.0.1:0" });
        await app.StartAsync();
        var host = app.Services.GetRequiredService<RunHost>();
        // A server that has been up for a while: what a run's start and end are made of is compiled for good after some hundred of them.
        await RateAsync(host, 200);
        for (var round = 0; round < 200; round++) await RateAsync(host, 1);

        var results = new List<BenchResult>();
        foreach (var flows in new[] { 1, 10, 100 })
        {
            // The machine's other work comes and goes: floor and value are taken in turns, the best of each counts.
            var (value, each, group, whole) = (0.0, 0.0, 0.0, 0.0);
            for (var round = 0; round < 9; round++)
            {
                each = Math.Max(each, raw(400, 1));
                group = Math.Max(group, raw(20_000, Group));
                whole = Math.Max(whole, bulk?.Invoke() ?? 0);
                value = Math.Max(value, await RateAsync(host, flows));
            }
            var (floor, target) = flows == 1 ? (each, "≥ 0.60 of a commit each") : (group, flows == Group ? "≥ 0.50 of a group commit" : "between the two floors");
            results.Add(new BenchResult("durable", $"{flows} flow(s) of {Steps} steps at once, {storage}; floors: a commit each {each:n0}/s, {Group} rows a commit {group:n0}/s{(bulk is null ? "" : $", as one statement {whole:n0}/s")}", value, "steps/s", floor, value / floor, target));
        }
        await app.StopAsync();
        return results;
    }

    private static async Task<double> RateAsync(RunHost host, int flows)
    {
        var definition = Chain();
        var rounds = flows == 1 ? 5 : 1;
        var watch = Stopwatch.StartNew();
        for (var round = 0; round < rounds; round++)
        {
            var runs = await Task.WhenAll(Enumerable.Range(0, flows).Select(_ => Task.Run(() => host.StartAsync(definition, new RunRequest(), RunOrigin.Asked()))));
            foreach (var run in (await Task.WhenAll(runs.Select(run => run.Finished))).OfType<RunRecord>())
            {
                if (run.SubStatus != RunSubStatus.Finished) throw new InvalidOperationException($"The benchmark's run ended {run.SubStatus}.");
            }
        }
        return rounds * flows * Steps / watch.Elapsed.TotalSeconds;
    }

    private static double Raw(string file, int rows, int perCommit)
    {
        using var connection = new SqliteConnection($"Data Source={file}");
        connection.Open();
        Execute(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE IF NOT EXISTS events (run TEXT NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (run, seq)) WITHOUT ROWID");
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO events (run, seq, body) VALUES ($run, $seq, $body)";
        var run = insert.Parameters.AddWithValue("$run", "");
        var seq = insert.Parameters.AddWithValue("$seq", 0L);
        insert.Parameters.AddWithValue("$body", Row);
        insert.Prepare();
        var watch = Stopwatch.StartNew();
        var begun = Guid.NewGuid().ToString("N");
        for (var row = 0; row < rows;)
        {
            using var transaction = connection.BeginTransaction();
            insert.Transaction = transaction;
            for (var i = 0; i < perCommit; i++, row++)
            {
                run.Value = $"{begun}-{row % perCommit}";
                seq.Value = (long)row;
                insert.ExecuteNonQuery();
            }
            transaction.Commit();
        }
        return rows / watch.Elapsed.TotalSeconds;
    }

    private static double RawPostgres(string source, int rows, int perCommit)
    {
        using var connection = new NpgsqlConnection(source);
        connection.Open();
        using var create = new NpgsqlCommand("CREATE TABLE IF NOT EXISTS bare (run text NOT NULL, seq bigint NOT NULL, body bytea NOT NULL, PRIMARY KEY (run, seq))", connection);
        create.ExecuteNonQuery();
        using var insert = new NpgsqlCommand("INSERT INTO bare (run, seq, body) VALUES ($1, $2, $3)", connection);
        var (run, seq) = (new NpgsqlParameter<string> { TypedValue = "" }, new NpgsqlParameter<long>());
        foreach (var parameter in (NpgsqlParameter[])[run, seq, new NpgsqlParameter<byte[]> { TypedValue = Row }]) insert.Parameters.Add(parameter);
        insert.Prepare();
        var watch = Stopwatch.StartNew();
        var begun = Guid.NewGuid().ToString("N");
        for (var row = 0; row < rows;)
        {
            using var transaction = perCommit > 1 ? connection.BeginTransaction() : null;
            for (var i = 0; i < perCommit; i++, row++)
            {
                (run.TypedValue, seq.TypedValue) = ($"{begun}-{row % perCommit}", row);
                insert.ExecuteNonQuery();
            }
            transaction?.Commit();
        }
        return rows / watch.Elapsed.TotalSeconds;
    }

    // All rows of a commit as one statement: a series that the server makes itself would cost no way to it.
    private static double RawBulk(string source, int rows)
    {
        using var connection = new NpgsqlConnection(source);
        connection.Open();
        using var insert = new NpgsqlCommand("INSERT INTO bare (run, seq, body) SELECT * FROM unnest($1, $2, $3)", connection);
        var (runs, seqs, bodies) = (new NpgsqlParameter<string[]>(), new NpgsqlParameter<long[]>(), new NpgsqlParameter<byte[][]> { TypedValue = [.. Enumerable.Repeat(Row, Group)] });
        foreach (var parameter in (NpgsqlParameter[])[runs, seqs, bodies]) insert.Parameters.Add(parameter);
        var begun = Guid.NewGuid().ToString("N");
        var watch = Stopwatch.StartNew();
        for (var row = 0; row < rows; row += Group)
        {
            runs.TypedValue = [.. Enumerable.Range(row, Group).Select(one => $"{begun}-{one % Group}")];
            seqs.TypedValue = [.. Enumerable.Range(row, Group).Select(one => (long)one)];
            insert.ExecuteNonQuery();
        }
        return rows / watch.Elapsed.TotalSeconds;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static FlowDefinition Chain() => new(new JsonObject
    {
        ["definitionId"] = "durable",
        ["root"] = new JsonObject
        {
            ["id"] = "chart",
            ["type"] = "Elsa.Flowchart",
            ["activities"] = new JsonArray([.. Enumerable.Range(0, Steps).Select(i => new JsonObject { ["id"] = $"l{i}", ["type"] = "Elsa.WriteLine", ["text"] = FlowInput.Literal("String", $"line {i}") })]),
            ["connections"] = new JsonArray([.. Enumerable.Range(1, Steps - 1).Select(i => new FlowConnection($"l{i - 1}", "Done", $"l{i}", "In").ToJson())]),
        },
    });
}
