using System.Diagnostics;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Hub;
using Flows.Hub.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Benchmarks;

/// <summary>
/// A flow of 40 Python steps in sequence through the real server, each fibonacci(10) in an isolated child forked from the warm
/// parent; against the same flow with a new interpreter for each step, and 40 bare interpreters one after the other.
/// </summary>
public static class PythonLightBench
{
    private const int Steps = 40;
    private const int Rounds = 5;
    private const string Script = "def fibonacci(n):\n    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)\nprint(fibonacci(10))";

    public static async Task<IReadOnlyList<BenchResult>> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("flows-bench-").FullName;
        try { return [await MeasureAsync(folder)]; }
        finally { Directory.Delete(folder, recursive: true); }
    }

    private static async Task<BenchResult> MeasureAsync(string folder)
    {
        await using var app = HubHost.Build(new HubOptions { Urls = "http://127.0.0.1:0", Data = Path.Combine(folder, "data") });
        await app.StartAsync();
        var host = app.Services.GetRequiredService<RunHost>();
        var (cold, forked, plain, bare) = (await SecondsAsync(host, "fork"), double.MaxValue, double.MaxValue, double.MaxValue);
        // The machine's other work comes and goes: value and floors are taken in turns, the best of each counts.
        for (var round = 0; round < Rounds; round++)
        {
            forked = Math.Min(forked, await SecondsAsync(host, "fork"));
            plain = Math.Min(plain, await SecondsAsync(host, "process"));
            bare = Math.Min(bare, await BareAsync(folder));
        }
        await app.StopAsync();
        return new BenchResult("python-light", $"a flow of {Steps} Python steps in sequence, SQLite FULL, best of {Rounds}; the first with the parent's start {cold:0.00} s; floor: a new interpreter for each step; {Steps} bare interpreters {bare:0.00} s", forked * 1000, "ms", plain * 1000, forked / plain, "< 0.8 s");
    }

    private static async Task<double> SecondsAsync(RunHost host, string isolation)
    {
        var watch = Stopwatch.StartNew();
        var run = await host.StartAsync(Chain(isolation), new RunRequest(), RunOrigin.Asked());
        var ended = (await run.Finished)!;
        if (ended.SubStatus != RunSubStatus.Finished) throw new InvalidOperationException($"The benchmark's run ended {ended.SubStatus}: {string.Join(' ', ended.Incidents)}");
        return watch.Elapsed.TotalSeconds;
    }

    private static async Task<double> BareAsync(string folder)
    {
        var script = Path.Combine(folder, "script.py");
        await File.WriteAllTextAsync(script, Script);
        var watch = Stopwatch.StartNew();
        for (var step = 0; step < Steps; step++)
        {
            using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-B", script]) { RedirectStandardOutput = true })!;
            await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
        }
        return watch.Elapsed.TotalSeconds;
    }

    private static FlowDefinition Chain(string isolation) => new(new JsonObject
    {
        ["definitionId"] = "python-light",
        ["root"] = new JsonObject
        {
            ["id"] = "chart",
            ["type"] = "Elsa.Flowchart",
            ["activities"] = new JsonArray([.. Enumerable.Range(0, Steps).Select(i => new JsonObject
            {
                ["id"] = $"p{i}", ["type"] = "Flows.PythonScript", ["script"] = FlowInput.Literal("String", Script), ["isolation"] = FlowInput.Literal("String", isolation),
            })]),
            ["connections"] = new JsonArray([.. Enumerable.Range(1, Steps - 1).Select(i => new FlowConnection($"p{i - 1}", "Done", $"p{i}", "In").ToJson())]),
        },
    });
}
