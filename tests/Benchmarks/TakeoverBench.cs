using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Hub;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Benchmarks;

/// <summary>A run with a journal of 100,000 events is taken up by the next server: from its start until the run is live, against a start with nothing to take up.</summary>
public static class TakeoverBench
{
    private const int Events = 100_000;
    private const double Megabyte = 1024 * 1024;

    public static async Task<IReadOnlyList<BenchResult>> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("flows-bench-").FullName;
        try
        {
            var results = new List<BenchResult>(await MeasureAsync("SQLite FULL", new HubOptions { Data = Path.Combine(folder, "data"), Capacity = 0 }));
            if (PostgresProcess.Programs() is null) return results;
            await using var server = new PostgresProcess();
            results.AddRange(await MeasureAsync("PostgreSQL", new HubOptions { Data = Path.Combine(folder, "postgres"), Storage = await server.NewDatabaseAsync(), Capacity = 0 }));
            return results;
        }
        finally { Directory.Delete(folder, recursive: true); }
    }

    private static async Task<IReadOnlyList<BenchResult>> MeasureAsync(string storage, HubOptions options)
    {
        options = options with { Urls = "http://127.0.0.1:0" };
        await StartAsync(options, _ => Task.CompletedTask);
        var empty = await StartAsync(options, _ => Task.CompletedTask);
        var (run, events) = ("", 0);
        await StartAsync(options, async services =>
        {
            run = (await services.GetRequiredService<RunHost>().StartAsync(Long(), new RunRequest(), RunOrigin.Asked())).Row.Id;
            using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            while (services.GetRequiredService<RunHost>().Find(run)?.Summary().SubStatus != RunSubStatus.Suspended) await tick.WaitForNextTickAsync();
            events = services.GetRequiredService<IJournal>().Read(run).Count;
        });
        var taken = await StartAsync(options, services => services.GetRequiredService<RunHost>().Find(run) is null ? throw new InvalidOperationException("The run was not taken up.") : Task.CompletedTask);
        var workload = string.Create(CultureInfo.InvariantCulture, $"a run of {events:n0} events taken up, {storage}");
        var seconds = taken.Seconds - empty.Seconds;
        return
        [
            new BenchResult("takeover", workload, seconds, "s", 2, seconds / 2, "< 2 s"),
            new BenchResult("takeover", workload + ", processor time", taken.Processor - empty.Processor, "s", null, null, "–"),
            new BenchResult("takeover", workload + ", memory that the run holds", (taken.Held - empty.Held) / Megabyte, "MB", null, null, "–"),
            new BenchResult("takeover", workload + ", memory at most, beyond a start", (taken.Peak - empty.Peak) / Megabyte, "MB", null, null, "–"),
        ];
    }

    private static async Task<(double Seconds, double Processor, double Held, double Peak)> StartAsync(HubOptions options, Func<IServiceProvider, Task> then)
    {
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        var (began, used) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
        using var peak = new Peak();
        await using var app = HubHost.Build(options);
        await app.StartAsync();
        process.Refresh();
        var (seconds, processor, most) = (Stopwatch.GetElapsedTime(began).TotalSeconds, (process.TotalProcessorTime - used).TotalSeconds, peak.Bytes);
        var held = GC.GetTotalMemory(forceFullCollection: true);
        await then(app.Services);
        await app.StopAsync();
        return (seconds, processor, held, most);
    }

    // Steps of a loop, one event each; then it waits.
    private static FlowDefinition Long() => FlowFile.ReadOne(Some.Chain("long",
        Some.Activity("loop", "Elsa.For", ("start", Number(1)), ("end", Number(Events)), ("body", Some.Activity("name", "Elsa.SetName", ("value", Some.Text("again"))))),
        Some.Delay("wait", 3600)));

    private static JsonObject Number(int value) => new() { ["typeName"] = "Int32", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = value.ToString(CultureInfo.InvariantCulture) } };

    /// <summary>The most memory that was in use at once, as far as looking often shows it.</summary>
    private sealed class Peak : IDisposable
    {
        private readonly Timer _timer;
        private long _bytes;

        public Peak() => _timer = new Timer(_ => Look(), null, 0, 5);

        public double Bytes
        {
            get
            {
                Look();
                return _bytes;
            }
        }

        public void Dispose() => _timer.Dispose();

        private void Look() => _bytes = Math.Max(_bytes, GC.GetTotalMemory(forceFullCollection: false));
    }
}
