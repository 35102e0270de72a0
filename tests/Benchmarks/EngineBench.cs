using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;

namespace Flows.Benchmarks;

/// <summary>Inline activities a second in memory: a chain of 1,000 and a fan-out to 1,000 with a join, in both modes, against Elsa 3.8's figures.</summary>
public static class EngineBench
{
    private const int Size = 1000;

    // Activities a second of Elsa 3.8 on two cores, measured for BENCHMARKS.md.
    private static readonly (string Name, string Mode, Func<FlowDefinition> Flow, double Elsa)[] Cases =
    [
        ("chain, counter", "counter", () => EngineFlows.Chain(Size), 4_900),
        ("fan-out, counter", "counter", () => EngineFlows.FanOut(Size), 5_200),
        ("chain, token", "token", () => EngineFlows.Chain(Size), 2_500),
        ("fan-out, token", "token", () => EngineFlows.FanOut(Size), 800),
    ];

    public static BenchResult Run()
    {
        var measured = Cases.Select(one => (one.Name, one.Elsa, Rate: Measure(one.Flow(), one.Mode))).ToList();
        var worst = measured.MinBy(one => one.Rate / one.Elsa);
        var details = string.Join("; ", measured.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Name} {one.Rate:n0}/s ({one.Rate / one.Elsa:0}x)")));
        return new BenchResult("engine", $"{Size} inline activities in memory: {details}", worst.Rate, "activities/s", worst.Elsa, worst.Rate / worst.Elsa, "≥ 20× Elsa in both modes");
    }

    private static double Measure(FlowDefinition flow, string mode)
    {
        var graph = FlowGraph.Compile(flow, (_, _) => null);
        var executor = new StepExecutor(new ActivityCatalog(EngineActivities.Descriptors), TimeProvider.System);
        for (var warm = 0; warm < 20; warm++) EngineFlows.RunOnce(graph, executor, mode);

        var best = 0.0;
        for (var round = 0; round < 5; round++)
        {
            var watch = Stopwatch.StartNew();
            for (var run = 0; run < 10; run++) EngineFlows.RunOnce(graph, executor, mode);
            best = Math.Max(best, 10.0 * Size / watch.Elapsed.TotalSeconds);
        }
        return best;
    }
}

/// <summary>N diamonds in series with one connection from the last back to the first: time to run it once, compiled anew.</summary>
public static class EngineShapeBench
{
    public static BenchResult Run()
    {
        var times = new[] { 16, 32, 64, 128, 256 }.Select(size => (Size: size, Milliseconds: Measure(size))).ToList();
        var last = times[^1].Milliseconds;
        var growth = last / times[^2].Milliseconds;
        var details = string.Join(", ", times.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Size}: {one.Milliseconds:0.0} ms")));
        return new BenchResult("engine-shape", $"N diamonds in series with a loop back ({details})", last, "ms", null, growth, "linear in N, < 50 ms at 256 (Elsa: 9.5 s at 20); ratio = 256 against 128");
    }

    private static double Measure(int diamonds)
    {
        var executor = new StepExecutor(new ActivityCatalog(EngineActivities.Descriptors), TimeProvider.System);
        var best = double.MaxValue;
        for (var round = 0; round < 7; round++)
        {
            var flow = EngineFlows.Diamonds(diamonds);
            var watch = Stopwatch.StartNew();
            EngineFlows.RunOnce(FlowGraph.Compile(flow, (_, _) => null), executor, "counter");
            best = Math.Min(best, watch.Elapsed.TotalMilliseconds);
        }
        return best;
    }
}

/// <summary>Flows for the engine's benchmarks, and the smallest host that runs them.</summary>
internal static class EngineFlows
{
    public static FlowDefinition Chain(int size) => Flow(
        Enumerable.Range(0, size).Select(i => WriteLine($"n{i}")),
        Enumerable.Range(1, size - 1).Select(i => Wire($"n{i - 1}", "Done", $"n{i}")));

    public static FlowDefinition FanOut(int size) => Flow(
        [Activity("start", "Elsa.Start"), .. Enumerable.Range(0, size).Select(i => WriteLine($"n{i}")), WriteLine("join")],
        Enumerable.Range(0, size).SelectMany(i => new[] { Wire("start", "Done", $"n{i}"), Wire($"n{i}", "Done", "join") }));

    /// <summary>Diamonds d0 … dN: a decision, two branches that meet again; after the last a decision that could loop back to the first.</summary>
    public static FlowDefinition Diamonds(int count)
    {
        var activities = new List<JsonObject> { Activity("start", "Elsa.Start"), WriteLine("m0") };
        var wires = new List<JsonObject> { Wire("start", "Done", "m0") };
        for (var i = 0; i < count; i++)
        {
            activities.AddRange([WriteLine($"a{i}"), WriteLine($"b{i}"), WriteLine($"m{i + 1}")]);
            wires.AddRange([Wire($"m{i}", "Done", $"a{i}"), Wire($"m{i}", "Done", $"b{i}"), Wire($"a{i}", "Done", $"m{i + 1}"), Wire($"b{i}", "Done", $"m{i + 1}")]);
        }
        var again = Activity("again", "Elsa.FlowDecision");
        again["condition"] = FlowInput.Wrap("Boolean", ExpressionTypes.JavaScript, "var n = getVariable('turn') || 0; setVariable('turn', n + 1); n < 1");
        activities.Add(again);
        wires.AddRange([Wire($"m{count}", "Done", "again"), Wire("again", "True", "m0")]);
        return Flow(activities, wires);
    }

    public static RunState RunOnce(FlowGraph graph, StepExecutor executor, string mode)
    {
        var state = new RunState("run", graph);
        var decision = state.Apply(new RunEvent.Begun([], mode));
        while (decision.Effects.OfType<RunEffect.Execute>().FirstOrDefault() is { } execute)
        {
            var result = executor.ExecuteAsync(state, execute.Step, _ => throw new InvalidOperationException(), default);
            decision = state.Apply(new RunEvent.StepEnded(execute.Step, execute.Attempt, result.IsCompletedSuccessfully ? result.Result : result.AsTask().GetAwaiter().GetResult()));
        }
        return state.SubStatus == RunSubStatus.Finished ? state : throw new InvalidOperationException($"The benchmark's flow ended {state.SubStatus}.");
    }

    private static FlowDefinition Flow(IEnumerable<JsonObject> activities, IEnumerable<JsonObject> wires) => new(new JsonObject
    {
        ["definitionId"] = "bench",
        ["root"] = new JsonObject
        {
            ["id"] = "chart",
            ["type"] = "Elsa.Flowchart",
            ["activities"] = new JsonArray([.. activities]),
            ["connections"] = new JsonArray([.. wires]),
        },
    });

    private static JsonObject Activity(string id, string type) => new() { ["id"] = id, ["type"] = type };

    private static JsonObject WriteLine(string id)
    {
        var activity = Activity(id, "Elsa.WriteLine");
        activity["text"] = FlowInput.Literal("String", id);
        return activity;
    }

    private static JsonObject Wire(string source, string port, string target) => new FlowConnection(source, port, target, "In").ToJson();
}
