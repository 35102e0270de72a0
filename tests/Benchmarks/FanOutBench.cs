using System.Diagnostics;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Hub;
using Flows.Hub.Runners;
using Flows.Hub.Runs;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Flows.Benchmarks;

/// <summary>
/// No-op jobs that begin together and are joined, carried out by two runner processes on PostgreSQL; against what the same
/// database needs to write each job down, place it, and delete it, one row and one commit at a time.
/// </summary>
public static class FanOutBench
{
    private const int Rounds = 5;

    public static async Task<IReadOnlyList<BenchResult>> RunAsync()
    {
        if (PostgresProcess.Programs() is null)
        {
            Console.Error.WriteLine("fan-out: no PostgreSQL on this machine (install Debian's postgresql).");
            return [];
        }
        var folder = Directory.CreateTempSubdirectory("flows-bench-").FullName;
        await using var server = new PostgresProcess();
        try { return await MeasureAsync(folder, await server.NewDatabaseAsync()); }
        finally { Directory.Delete(folder, recursive: true); }
    }

    private static async Task<IReadOnlyList<BenchResult>> MeasureAsync(string folder, string storage)
    {
        await using var app = HubHost.Build(new HubOptions { Urls = "http://127.0.0.1:0", Data = Path.Combine(folder, "data"), Storage = storage, Capacity = 0 });
        await app.StartAsync();
        var runners = Enumerable.Range(1, 2).Select(number => Runner(app, folder, storage, $"bench-{number}")).ToList();
        try
        {
            await OnlineAsync(app, runners.Count);
            var host = app.Services.GetRequiredService<RunHost>();
            var cold = await SecondsAsync(host, 100);
            var site = new Site(host, storage, runners);
            return [await MeasureAsync(site, 100, cold, "< 500 ms"), await MeasureAsync(site, 1000, cold, "< 2,000 ms")];
        }
        finally
        {
            foreach (var runner in runners)
            {
                runner.Kill();
                await runner.WaitForExitAsync();
            }
            await app.StopAsync();
        }
    }

    private static async Task<BenchResult> MeasureAsync(Site site, int jobs, double cold, string target)
    {
        var (value, floor, used) = (double.MaxValue, double.MaxValue, (Server: double.MaxValue, Runners: double.MaxValue));
        // The machine's other work comes and goes: value and floor are taken in turns, the best of each counts.
        for (var round = 0; round < Rounds; round++)
        {
            var before = site.Used();
            value = Math.Min(value, await SecondsAsync(site.Host, jobs));
            var after = site.Used();
            used = (Math.Min(used.Server, after.Server - before.Server), Math.Min(used.Runners, after.Runners - before.Runners));
            floor = Math.Min(floor, Raw(site.Storage, jobs));
        }
        return new BenchResult("fan-out", $"{jobs} no-op jobs and a join, two runner processes, PostgreSQL, best of {Rounds}; processor time {used.Server * 1000:n0} ms at the server and {used.Runners * 1000:n0} ms at the runners; the very first 100 {cold * 1000:n0} ms; floor: three commits a job on the same database; Kestra 100 items ~11 s, stock Hangfire 300 jobs/s", value * 1000, "ms", floor * 1000, value / floor, target);
    }

    private sealed record Site(RunHost Host, string Storage, IReadOnlyList<Process> Runners)
    {
        /// <summary>Seconds of processor time so far. The server's is that of this process.</summary>
        public (double Server, double Runners) Used()
        {
            foreach (var runner in Runners) runner.Refresh();
            return (Environment.CpuUsage.TotalTime.TotalSeconds, Runners.Sum(runner => runner.TotalProcessorTime.TotalSeconds));
        }
    }

    private static async Task<double> SecondsAsync(RunHost host, int jobs)
    {
        var definition = FanOut(jobs);
        var watch = Stopwatch.StartNew();
        var ended = (await (await host.StartAsync(definition, new RunRequest(), RunOrigin.Asked())).Finished)!;
        if (ended.SubStatus != RunSubStatus.Finished) throw new InvalidOperationException($"The benchmark's run ended {ended.SubStatus}: {string.Join(' ', ended.Incidents)}");
        return watch.Elapsed.TotalSeconds;
    }

    private static double Raw(string storage, int jobs)
    {
        using var connection = new NpgsqlConnection(storage);
        connection.Open();
        using var create = new NpgsqlCommand("CREATE TABLE IF NOT EXISTS bare_jobs (id text PRIMARY KEY, runner text, body text)", connection);
        create.ExecuteNonQuery();
        var watch = Stopwatch.StartNew();
        for (var job = 0; job < jobs; job++)
        {
            foreach (var sql in new[] { "INSERT INTO bare_jobs VALUES ($1, NULL, '{}')", "UPDATE bare_jobs SET runner = 'r' WHERE id = $1", "DELETE FROM bare_jobs WHERE id = $1" })
            {
                using var command = new NpgsqlCommand(sql, connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = $"job {job}" } } };
                command.ExecuteNonQuery();
            }
        }
        return watch.Elapsed.TotalSeconds;
    }

    private static Process Runner(Microsoft.AspNetCore.Builder.WebApplication app, string folder, string storage, string name) => Process.Start(new ProcessStartInfo("dotnet",
    [
        typeof(HubHost).Assembly.Location, "runner", "--server", app.Urls.First(), "--token", app.Services.GetRequiredService<RunnerToken>().Value,
        "--storage", storage, "--name", name, "--capacity", "2", "--data", Path.Combine(folder, name),
    ]) { RedirectStandardOutput = true })!;

    private static async Task OnlineAsync(Microsoft.AspNetCore.Builder.WebApplication app, int count)
    {
        var registry = app.Services.GetRequiredService<RunnerRegistry>();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await registry.ListAsync(CancellationToken.None)).Count(runner => runner.Status == RunnerStatus.Online) < count) await tick.WaitForNextTickAsync();
    }

    private static FlowDefinition FanOut(int jobs) => new(new JsonObject
    {
        ["definitionId"] = "fan-out",
        ["root"] = new JsonObject
        {
            ["id"] = "chart",
            ["type"] = "Elsa.Flowchart",
            ["activities"] = new JsonArray(
            [
                Activity("start", "Elsa.Start"),
                .. Enumerable.Range(0, jobs).Select(i => Activity($"p{i}", "Flows.Probe")),
                new JsonObject { ["id"] = "join", ["type"] = "Elsa.FlowJoin", ["mode"] = FlowInput.Literal("String", "WaitAll") },
            ]),
            ["connections"] = new JsonArray([.. Enumerable.Range(0, jobs).SelectMany(i => new[] { new FlowConnection("start", "Done", $"p{i}", "In").ToJson(), new FlowConnection($"p{i}", "Done", "join", "In").ToJson() })]),
        },
    });

    private static JsonObject Activity(string id, string type) => new() { ["id"] = id, ["type"] = type };
}
