using System.Diagnostics;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Hub;
using Flows.Hub.Runs;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Benchmarks;

/// <summary>
/// Flows of 40 steps through the real server's run host, every step on disk before the next begins (SQLite WAL,
/// synchronous=FULL), against what the same disk gives a bare table: one row a commit, and 100 rows a commit.
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
        try { return await MeasureAsync(folder); }
        finally { Directory.Delete(folder, recursive: true); }
    }

    private static async Task<IReadOnlyList<BenchResult>> MeasureAsync(string folder)
    {
        await using var app = HubHost.Build(new HubOptions { Urls = "http://127.0.0.1:0", Data = Path.Combine(folder, "data") });
        await app.StartAsync();
        var host = app.Services.GetRequiredService<RunHost>();
        await RateAsync(host, 200);

        var results = new List<BenchResult>();
        foreach (var flows in new[] { 1, 10, 100 })
        {
            // The machine's other work comes and goes: floor and value are taken in turns, the best of each counts.
            var (value, each, group) = (0.0, 0.0, 0.0);
            for (var round = 0; round < 5; round++)
            {
                each = Math.Max(each, Raw(Path.Combine(folder, "each.db"), 400, 1));
                group = Math.Max(group, Raw(Path.Combine(folder, "group.db"), 20_000, Group));
                value = Math.Max(value, await RateAsync(host, flows));
            }
            var (floor, target) = flows == 1 ? (each, "≥ 0.60 of a commit each") : (group, flows == Group ? "≥ 0.50 of a group commit" : "between the two floors");
            results.Add(new BenchResult("durable", $"{flows} flow(s) of {Steps} steps at once, SQLite FULL; floors: a commit each {each:n0}/s, {Group} rows a commit {group:n0}/s", value, "steps/s", floor, value / floor, target));
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
            var runs = await Task.WhenAll(Enumerable.Range(0, flows).Select(_ => Task.Run(() => host.StartAsync(definition, new RunRequest(), new RunOrigin()))));
            foreach (var run in await Task.WhenAll(runs.Select(run => run.Finished)))
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
