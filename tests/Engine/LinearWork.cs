using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Contract.Diff;
using Flows.Contract.Layout;
using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Tests.Support;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Engine;

/// <summary>
/// No step of a flow's life costs more than its size says, whatever its shape: counted in bytes, arrows and steps, not in time.
/// Of the whole life 4,000 nodes are looked at, in the long tests 20,000; of the graph alone always 20,000.
/// </summary>
public sealed class LinearWork
{
    private const int Many = 20_000;

    private static readonly int Whole = Flows.Tests.Support.Long.Runs ? Many : 4_000;

    // Ten times the nodes; a logarithm and growing tables are allowed for, a square would be a hundred.
    private const double Allowed = 16;

    private static readonly ActivityCatalog Catalog = new(EngineActivities.Descriptors);

    [Theory]
    [InlineData("chain")]
    [InlineData("fan")]
    [InlineData("diamonds")]
    [InlineData("ladder")]
    [InlineData("again")]
    [InlineData("nested")]
    [InlineData("variables")]
    public void From_the_file_to_the_end_of_a_run_work_grows_as_the_flow_does(string shape)
    {
        var (few, many) = (Shape(shape, Whole / 10), Shape(shape, Whole));
        var (fewText, manyText) = (FlowFile.Write(few), FlowFile.Write(many));
        var (fewGraph, manyGraph) = (Compile(few), Compile(many));
        var (fewEdited, manyEdited) = (Edited(few), Edited(many));

        var growth = new Dictionary<string, double>
        {
            ["read"] = Growth.Of(() => FlowFile.ReadOne(fewText), () => FlowFile.ReadOne(manyText)),
            ["check"] = Growth.Of(() => FlowChecks.Of(few, Catalog), () => FlowChecks.Of(many, Catalog)),
            ["compile"] = Growth.Of(() => Compile(few), () => Compile(many)),
            ["run by counters"] = Growth.Of(() => Run(fewGraph, "counter"), () => Run(manyGraph, "counter")),
            ["run by tokens"] = Growth.Of(() => Run(fewGraph, "token"), () => Run(manyGraph, "token")),
            ["lay out"] = Growth.Of(() => FlowLayout.Of(few.Root!, _ => (100, 50)), () => FlowLayout.Of(many.Root!, _ => (100, 50))),
            ["compare"] = Growth.Of(() => FlowDiff.Between(few, fewEdited), () => FlowDiff.Between(many, manyEdited)),
        };

        Assert.All(growth, step => Assert.True(step.Value < Allowed, $"{shape}: to {step.Key} took {step.Value:0.0} times as much for ten times the nodes"));
    }

    [Theory]
    [InlineData("chain")]
    [InlineData("fan")]
    [InlineData("diamonds")]
    [InlineData("ladder")]
    [InlineData("again")]
    public void To_know_what_leads_forward_and_which_loops_are_sound_few_arrows_are_looked_at(string shape)
    {
        var chart = Compile(Shape(shape, Many)).Root.Slots["root"].Chart!;
        var route = chart.RouteFrom(0);

        var loops = Enumerable.Range(0, chart.Edges).Where(edge => !route.IsForward(edge)).Count(route.LoopIsSound);

        Assert.Equal(shape switch { "diamonds" or "ladder" => 1, "again" => Many - 1, _ => 0 }, loops);
        // Twice the logarithm of the depth for each arrow, as the tree is built and asked.
        Assert.InRange(route.Looked, 0, 40L * chart.Edges);
    }

    [Theory]
    [InlineData("counter")]
    [InlineData("token")]
    public void Joins_that_cancel_what_they_overtake_look_only_at_what_is_under_way(string mode)
    {
        var graph = Compile(Shape("diamonds", Many, "WaitAny", waits: true));

        var run = Run(graph, mode);

        Assert.Equal(RunSubStatus.Suspended, run.SubStatus);
        Assert.Equal("delay", Assert.Single(run.StepAt(1).Children()).Node.Id);
        Assert.InRange(graph.Root.Slots["root"].Chart!.RouteFrom(0).Looked, 0, 40L * Many);
    }

    [Fact]
    public async Task An_expression_costs_the_same_among_thousands_of_variables()
    {
        var (few, many) = (await BytesAsync(200), await BytesAsync(4_000));

        Assert.InRange((double)many / few, 0, 1.5);
    }

    [Fact]
    public void Flows_within_flows_without_end_do_not_overflow_the_stack()
    {
        var flows = Enumerable.Range(0, 5_000).ToDictionary(at => $"f{at}", at => new FlowBuilder($"f{at}").Add(Activity("use", $"F{at + 1}", ("workflowDefinitionId", $"f{at + 1}"))).Build());

        var state = new RunState("run", FlowGraph.Compile(flows["f0"], (name, _) => flows.GetValueOrDefault(name)));
        Drive(state, new RunEvent.Begun([]));

        Assert.Contains("levels deep", state.ToRecord().Incidents.Single().Message);
    }

    // Bytes of one evaluation of a script that reads three ways.
    private static async Task<long> BytesAsync(int variables)
    {
        var flow = new FlowBuilder();
        for (var at = 0; at < variables; at++) flow.Variable($"v{at}", "Int32", "1");
        var line = Activity("line", "Elsa.WriteLine", ("text", Js("String", "getV7() + variables.v8 + getVariable('v9')")));
        var liquid = Activity("liquid", "Elsa.WriteLine", ("text", FlowInput.Wrap("String", ExpressionTypes.Liquid, "{{ Variables.v7 }}")));
        var run = MemoryRun.Of(flow.Chain(line, liquid).Build());
        await run.BeginAsync();
        var executor = new StepExecutor(MemoryRun.Catalog, TimeProvider.System);
        var steps = run.State.ToRecord().Steps.Select((step, at) => (step, at)).Where(one => one.step.ActivityType == "Elsa.WriteLine").Select(one => one.at).ToList();
        foreach (var step in steps) executor.EvaluateInputs(run.State, step);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var time = 0; time < 20; time++) steps.ForEach(step => executor.EvaluateInputs(run.State, step));
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static FlowGraph Compile(FlowDefinition flow) => FlowGraph.Compile(flow, (_, _) => null);

    private static RunState Run(FlowGraph graph, string mode)
    {
        var state = new RunState("run", graph);
        Drive(state, new RunEvent.Begun([], mode));
        return state;
    }

    // Decisions loop back once, but those that all lead to the beginning never: their runs are as long as the square.
    private static void Drive(RunState state, RunEvent begun)
    {
        var open = new Queue<RunEffect>(state.Apply(begun).Effects);
        var looped = false;
        while (open.TryDequeue(out var effect))
        {
            if (effect is not RunEffect.Execute execute) continue;
            var activity = state.ActivityOf(execute.Step);
            var loops = activity.Id == "again" && !looped;
            looped |= loops;
            var result = activity.Type switch
            {
                "Elsa.FlowDecision" => new StepResult { Outcomes = [loops ? "True" : "False"] },
                "Elsa.Delay" => new StepResult { Suspend = true },
                _ => new StepResult { Variables = activity.Type == "Elsa.SetVariable" ? new JsonObject { [activity.Json["variable"]!["id"]!.GetValue<string>()] = 1 } : null },
            };
            foreach (var next in state.Apply(new RunEvent.StepEnded(execute.Step, execute.Attempt, result)).Effects) open.Enqueue(next);
        }
    }

    // Every wire leads elsewhere and every text is another.
    private static FlowDefinition Edited(FlowDefinition flow)
    {
        var edited = flow.Clone();
        foreach (var activity in edited.Activities().ToList())
        {
            if (activity.Json["text"] is not null) activity.Json["text"] = FlowInput.Literal("String", "edited");
            foreach (var wire in activity.Json.Objects("connections").Where(wire => wire["source"]!["port"]?.GetValue<string>() == "Done")) wire["source"]!["port"] = "Elsewhere";
        }
        return edited;
    }

    private static FlowDefinition Shape(string shape, int nodes, string join = "WaitAll", bool waits = false)
    {
        var flow = new FlowBuilder().Add(Activity("start", "Elsa.Start"));
        switch (shape)
        {
            case "chain": Chain(flow, nodes); break;
            case "fan": Fan(flow, nodes, join); break;
            case "diamonds": Diamonds(flow, nodes / 3, join, waits); break;
            case "ladder": Ladder(flow, nodes); break;
            case "again": Again(flow, nodes); break;
            case "nested": flow.Add(Nested(0, nodes / 30)).Wire("start", "c0"); break;
            case "variables": Variables(flow, nodes / 2); break;
        }
        return flow.Build();
    }

    private static void Chain(FlowBuilder flow, int nodes)
    {
        for (var at = 0; at < nodes; at++) flow.Add(Line($"n{at}")).Wire(at == 0 ? "start" : $"n{at - 1}", $"n{at}");
    }

    private static void Fan(FlowBuilder flow, int nodes, string join)
    {
        flow.Add(Activity("join", "Elsa.FlowJoin", ("mode", FlowInput.Literal("String", join))));
        for (var at = 0; at < nodes; at++) flow.Add(Line($"n{at}")).Wire("start", $"n{at}").Wire($"n{at}", "join");
    }

    // Diamonds in series, the last leads back to the first; beside them something may wait all the while.
    private static void Diamonds(FlowBuilder flow, int count, string join, bool waits)
    {
        flow.Add(Line("m0")).Wire("start", "m0");
        if (waits) flow.Add(Activity("delay", "Elsa.Delay"), Line("late")).Wire("start", "delay").Wire("delay", "late");
        for (var at = 0; at < count; at++)
        {
            flow.Add(Line($"a{at}"), Line($"b{at}"), Activity($"m{at + 1}", "Elsa.FlowJoin", ("mode", FlowInput.Literal("String", join))));
            flow.Wire($"m{at}", $"a{at}").Wire($"m{at}", $"b{at}").Wire($"a{at}", $"m{at + 1}").Wire($"b{at}", $"m{at + 1}");
        }
        flow.Add(Activity("again", "Elsa.FlowDecision")).Wire($"m{count}", "again").Wire("again", "m0", "True");
    }

    // Everything hangs on the start, the last first, and each leads to the next: what was come to early is led to late.
    private static void Ladder(FlowBuilder flow, int nodes)
    {
        flow.Add(Line("top")).Wire("start", "top");
        for (var at = nodes - 1; at >= 0; at--) flow.Add(Line($"n{at}")).Wire("top", $"n{at}");
        for (var at = 1; at < nodes; at++) flow.Wire($"n{at - 1}", $"n{at}");
        flow.Add(Activity("again", "Elsa.FlowDecision")).Wire($"n{nodes - 1}", "again").Wire("again", "top", "True");
    }

    private static void Again(FlowBuilder flow, int nodes)
    {
        for (var at = 0; at < nodes; at++)
        {
            flow.Add(Activity($"d{at}", "Elsa.FlowDecision")).Wire(at == 0 ? "start" : $"d{at - 1}", $"d{at}", at == 0 ? "Done" : "False");
            if (at > 0) flow.Wire($"d{at}", "d0", "True");
        }
    }

    private static JsonObject Nested(int depth, int each)
    {
        var inside = Enumerable.Range(0, each).Select(at => Line($"c{depth}n{at}")).ToList();
        var wires = Enumerable.Range(1, each - 1).Select(at => (JsonNode)new FlowConnection($"c{depth}n{at - 1}", "Done", $"c{depth}n{at}", "In").ToJson()).ToList();
        if (depth < 29)
        {
            inside.Add(Nested(depth + 1, each));
            wires.Add(new FlowConnection($"c{depth}n{each - 1}", "Done", $"c{depth + 1}", "In").ToJson());
        }
        return Flowchart($"c{depth}", new JsonArray([.. inside]), new JsonArray([.. wires]));
    }

    // Each pair writes a variable of its own and reads it.
    private static void Variables(FlowBuilder flow, int pairs)
    {
        for (var at = 0; at < pairs; at++)
        {
            flow.Variable($"v{at}").Add(Set($"s{at}", $"v{at}", FlowInput.Literal("Object", at)), Activity($"r{at}", "Elsa.WriteLine", ("text", FlowInput.ReadVariable(FlowVariable.New($"v{at}", $"v{at}", "Object")))));
            flow.Wire(at == 0 ? "start" : $"r{at - 1}", $"s{at}").Wire($"s{at}", $"r{at}");
        }
    }
}
