using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Engine;

/// <summary>Containers and loops: order of bodies, values of passes, breaking out.</summary>
public sealed class Loops
{
    [Fact]
    public async Task ForEach_runs_its_body_for_each_item_in_order()
    {
        var run = await RunAsync(Activity("each", "Elsa.ForEach", ("items", Js("Object[]", "['a','b','c']")), ("body", Line("line", "getCurrentIndex() + variables.CurrentValue"))));

        Assert.Equal(["0a", "1b", "2c"], run.Lines);
        Assert.Equal(RunSubStatus.Finished, run.SubStatus);
    }

    [Fact]
    public async Task Parallel_bodies_do_not_overwrite_each_others_values()
    {
        var body = Sequence("body", Line("first", "variables.CurrentValue"), Line("second", "variables.CurrentValue"));

        var run = await RunAsync(Activity("each", "Elsa.ParallelForEach", ("items", Js("Object[]", "['a','b']")), ("body", body)));

        Assert.Equal(["a", "b", "a", "b"], run.Lines);
    }

    [Fact]
    public async Task A_variable_of_a_parallel_body_belongs_to_its_pass()
    {
        var body = Flowchart("body", [Set("set", "mine", Js("Object", "variables.CurrentValue")), Line("show", "variables.mine")], [new FlowConnection("set", null, "show", "In").ToJson()]);
        body["variables"] = new JsonArray(FlowVariable.New("mine", "mine", "Object").Json);

        var run = await RunAsync(Activity("each", "Elsa.ParallelForEach", ("items", Js("Object[]", "['a','b','c']")), ("body", body)));

        Assert.Equal(["a", "b", "c"], run.Lines);
    }

    [Theory]
    [InlineData(1, 3, 1, true, "1,2,3")]
    [InlineData(1, 3, 1, false, "1,2")]
    [InlineData(3, 1, 2, true, "3,1")]
    [InlineData(0, 0, 1, false, "")]
    public async Task For_counts_from_start_to_end(int start, int end, int step, bool inclusive, string expected)
    {
        var run = await RunAsync(Activity("for", "Elsa.For", ("start", start), ("end", end), ("step", step), ("outerBoundInclusive", inclusive), ("body", Line("line", "variables.CurrentValue"))));

        Assert.Equal(expected, string.Join(',', run.Lines));
    }

    [Fact]
    public async Task While_asks_its_condition_before_every_pass()
    {
        var body = Set("add", "n", Js("Int32", "variables.n + 1"));

        var run = await RunAsync(Activity("while", "Elsa.While", ("condition", Js("Boolean", "variables.n < 3")), ("body", body)), Line("after", "variables.n"));

        Assert.Equal(["3"], run.Lines);
        Assert.Equal(3, run.Steps.Count(step => step.ActivityId == "add"));
    }

    [Fact]
    public async Task Break_leaves_the_loop_and_nothing_more()
    {
        var body = Sequence("body",
            Line("line", "variables.CurrentValue"),
            Activity("if", "Elsa.If", ("condition", Js("Boolean", "variables.CurrentValue == 'b'")), ("then", Activity("break", "Elsa.Break"))),
            Line("rest", "'rest of ' + variables.CurrentValue"));

        var run = await RunAsync(Activity("each", "Elsa.ForEach", ("items", Js("Object[]", "['a','b','c']")), ("body", body)), Line("after"));

        Assert.Equal(["a", "rest of a", "b", "after"], run.Lines);
        Assert.Equal(RunSubStatus.Finished, run.SubStatus);
    }

    [Fact]
    public async Task Switch_runs_the_case_that_holds_else_the_default()
    {
        JsonObject Switch(string id, string value) => Activity(id, "Elsa.Switch",
            ("cases", new JsonArray(new JsonObject { ["label"] = "one", ["condition"] = new JsonObject { ["type"] = "JavaScript", ["value"] = $"{value} == 1" }, ["activity"] = Line(id + "one") })),
            ("default", Line(id + "default")));

        var run = await RunAsync(Switch("a", "1"), Switch("b", "2"));

        Assert.Equal(["aone", "bdefault"], run.Lines);
    }

    [Fact]
    public async Task Parallel_is_done_when_all_are_and_a_fork_may_be_done_with_the_first()
    {
        JsonObject Wait(string id) => Activity(id, "Elsa.Event", ("eventName", FlowInput.Literal("String", "never")));
        var flow = new FlowBuilder().Chain(
            Activity("parallel", "Elsa.Parallel", ("activities", new JsonArray(Line("p1"), Line("p2")))),
            Activity("fork", "Elsa.Fork", ("joinMode", "WaitAny"), ("branches", new JsonArray(Wait("event"), Line("quick")))),
            Line("after")).Build();

        var run = (await MemoryRun.Of(flow).BeginAsync()).State.ToRecord();

        Assert.Equal(["p1", "p2", "quick", "after"], run.Lines);
        Assert.Equal(StepStatus.Canceled, run.Steps.Single(step => step.ActivityId == "event").Status);
        Assert.Empty(run.Bookmarks);
    }

    [Fact]
    public async Task Finish_ends_the_run_whatever_else_waits()
    {
        var flow = new FlowBuilder().Add(Activity("start", "Elsa.Start"), Activity("finish", "Elsa.Finish"), Line("never"))
            .Add(Activity("event", "Elsa.Event", ("eventName", FlowInput.Literal("String", "x"))))
            .Wire("start", "event").Wire("start", "finish").Wire("start", "never").Build();

        var run = (await MemoryRun.Of(flow).BeginAsync()).State.ToRecord();

        Assert.Equal(RunSubStatus.Finished, run.SubStatus);
        Assert.Empty(run.Lines);
        Assert.Empty(run.Bookmarks);
    }

    [Fact]
    public async Task A_loop_that_can_be_entered_from_the_side_is_refused()
    {
        var flow = new FlowBuilder().Add(Activity("start", "Elsa.Start"), Line("a"), Line("b"), Line("c"))
            .Wire("start", "a").Wire("a", "b").Wire("start", "c").Wire("c", "b").Wire("b", "a").Build();

        var run = (await MemoryRun.Of(flow).BeginAsync()).State.ToRecord();

        Assert.Equal(RunSubStatus.Faulted, run.SubStatus);
        Assert.Contains("back to 'a' is not a loop", Assert.Single(run.Incidents).Message);
    }

    [Theory]
    [InlineData("counter")]
    [InlineData("token")]
    public async Task Many_diamonds_with_a_loop_back_run_both_times(string mode)
    {
        const int count = 200;
        var flow = new FlowBuilder().Variable("turn", "Int32", "0").Add(Line("m0"));
        for (var i = 0; i < count; i++)
        {
            flow.Add(Line($"a{i}"), Line($"b{i}"), Activity($"m{i + 1}", "Elsa.FlowJoin", ("mode", FlowInput.Literal("String", "WaitAll"))));
            flow.Wire($"m{i}", $"a{i}").Wire($"m{i}", $"b{i}").Wire($"a{i}", $"m{i + 1}").Wire($"b{i}", $"m{i + 1}");
        }
        flow.Add(Activity("again", "Elsa.FlowDecision", ("condition", Js("Boolean", "variables.turn = variables.turn + 1; variables.turn < 2"))));
        flow.Wire($"m{count}", "again").Wire("again", "m0", "True");

        var run = (await MemoryRun.Of(flow.Build()).BeginAsync(mode: mode)).State.ToRecord();

        Assert.Equal(RunSubStatus.Finished, run.SubStatus);
        Assert.Equal(2 * ((2 * count) + 1), run.Lines.Count);
    }

    private static async Task<RunRecord> RunAsync(params JsonObject[] activities)
    {
        var run = await MemoryRun.Of(new FlowBuilder().Variable("n", "Int32", "0").Chain(activities).Build()).BeginAsync();
        return run.State.ToRecord();
    }
}
