using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;
using Microsoft.Extensions.Time.Testing;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Engine;

/// <summary>Elsa's activities in the corners of their settings.</summary>
public sealed class ElsaActivities
{
    [Theory]
    [InlineData(1, 10, 3, true, "1,4,7,10")]
    [InlineData(1, 10, 3, false, "1,4,7")]
    [InlineData(10, 1, 3, true, "10,7,4,1")]
    [InlineData(10, 1, 3, false, "10,7,4")]
    [InlineData(2, 2, 1, true, "2")]
    [InlineData(-1, 1, 1, true, "-1,0,1")]
    [InlineData(1, 3, 0, true, "")]
    public async Task For_goes_both_ways_in_steps(int start, int end, int step, bool inclusive, string expected)
    {
        var run = await RunAsync(Activity("for", "Elsa.For", ("start", start), ("end", end), ("step", step), ("outerBoundInclusive", inclusive), ("body", Line("line", "getCurrentValue()"))));

        Assert.Equal(expected, string.Join(',', run.Lines));
        Assert.Equal(RunSubStatus.Finished, run.SubStatus);
    }

    [Theory]
    [InlineData("Elsa.ForEach", "1a,2a,3a")]
    [InlineData("Elsa.For", "1a,2a,3a")]
    public async Task Break_leaves_only_the_loop_it_stands_in(string outer, string expected)
    {
        var inner = Activity("inner", "Elsa.ForEach", ("items", Js("Object[]", "['a','b']")), ("body", Sequence("each",
            Line("line", "variables.outer + getCurrentValue()"), Activity("break", "Elsa.Break"))));
        var body = Sequence("body", Set("set", "outer", Js("Object", "getCurrentValue()")), inner);
        var loop = Activity("outer", outer, ("items", Js("Object[]", "[1,2,3]")), ("start", 1), ("end", 3), ("body", body));

        var run = await RunAsync(loop, Line("after"));

        Assert.Equal($"{expected},after", string.Join(',', run.Lines));
    }

    [Fact]
    public async Task Break_ends_a_While_whose_condition_still_holds()
    {
        var body = Flowchart("body",
            [Set("add", "n", Js("Int32", "variables.n + 1")), Activity("enough", "Elsa.FlowDecision", ("condition", Js("Boolean", "variables.n == 3"))), Activity("break", "Elsa.Break")],
            [new FlowConnection("add", null, "enough", "In").ToJson(), new FlowConnection("enough", "True", "break", "In").ToJson()]);

        var run = await RunAsync(Activity("while", "Elsa.While", ("condition", true), ("body", body)), Line("after", "variables.n"));

        Assert.Equal(["3"], run.Lines);
    }

    [Theory]
    [InlineData(null, "one")]
    [InlineData("MatchFirst", "one")]
    [InlineData("MatchAny", "one,two")]
    public async Task A_switch_takes_the_first_case_or_all(string? mode, string expected)
    {
        static JsonObject Case(string label, string script, bool embedded) => embedded
            ? new JsonObject { ["label"] = label, ["condition"] = Bare(script), ["activity"] = Line(label) }
            : new JsonObject { ["label"] = label, ["condition"] = Bare(script) };
        JsonArray Cases(bool embedded) => [Case("one", "true", embedded), Case("none", "false", embedded), Case("two", "1 < 2", embedded)];
        var wrapped = mode is null ? null : FlowInput.Literal("Elsa.Workflows.SwitchMode, Elsa.Workflows.Core", mode);
        var chart = new FlowBuilder().Add(Activity("switch", "Elsa.FlowSwitch", ("cases", Cases(false)), ("mode", wrapped)), Line("one"), Line("two"), Line("none"), Line("Default"));
        foreach (var label in new[] { "one", "two", "none", "Default" }) chart.Wire("switch", label, label);

        var embedded = await RunAsync(Activity("switch", "Elsa.Switch", ("cases", Cases(true)), ("mode", wrapped?.DeepClone()), ("default", Line("default"))));
        var ports = (await MemoryRun.Of(chart.Build()).BeginAsync()).State.ToRecord();

        Assert.Equal(expected, string.Join(',', embedded.Lines));
        Assert.Equal(expected, string.Join(',', ports.Lines));
    }

    [Fact]
    public async Task A_composite_has_one_root_and_the_outcome_that_Complete_gives_it()
    {
        var composite = Activity("composite", "Elsa.Composite", ("root", Sequence("root", Line("in"), Activity("complete", "Elsa.Complete", ("outcomes", FlowInput.Literal("Object", "Early"))), Line("never"))));
        var flow = new FlowBuilder().Add(composite, Line("early"), Line("done")).Wire("composite", "early", "Early").Wire("composite", "done").Build();

        var run = (await MemoryRun.Of(flow).BeginAsync()).State.ToRecord();

        Assert.Equal(["in", "early"], run.Lines);
        Assert.Equal(RunSubStatus.Finished, run.SubStatus);
    }

    [Theory]
    [InlineData("WaitAll", "a0,a,b,after")]
    [InlineData("WaitAny", "a0,a,after")]
    public async Task A_fork_is_done_with_all_branches_or_the_first(string mode, string expected)
    {
        var branches = new JsonArray(Sequence("late", Activity("wait", "Elsa.Delay", ("timeSpan", FlowInput.Literal("TimeSpan", "00:00:01"))), Line("b")), Sequence("soon", Line("a0"), Line("a")));
        var run = await MemoryRun.Of(new FlowBuilder().Chain(Activity("fork", "Elsa.Fork", ("joinMode", mode), ("branches", branches)), Line("after")).Build()).BeginAsync();
        await run.ResumeAllAsync();

        Assert.Equal(expected, string.Join(',', run.State.ToRecord().Lines));
        Assert.Equal(RunSubStatus.Finished, run.State.SubStatus);
    }

    [Fact]
    public async Task Loops_within_parallel_loops_see_their_own_values()
    {
        var inner = Activity("inner", "Elsa.ForEach", ("items", Js("Object[]", "['x','y']")), ("body", Line("line", "variables.outer + getCurrentValue() + getCurrentIndex()")));
        var body = Flowchart("body", [Set("set", "outer", Js("Object", "getCurrentValue()")), inner], [new FlowConnection("set", null, "inner", "In").ToJson()]);
        body["variables"] = new JsonArray(FlowVariable.New("outer", "outer", "Object").Json);

        var run = await RunAsync(Activity("each", "Elsa.ParallelForEach", ("items", Js("Object[]", "[1,2]")), ("body", body)));

        Assert.Equal(["1x0", "1y1", "2x0", "2y1"], run.Lines.Order());
    }

    [Fact]
    public async Task Name_output_and_correlation_id_belong_to_the_run()
    {
        var flow = new FlowBuilder().Output("Sum").Chain(
            Activity("name", "Elsa.SetName", ("value", Js("String", "'order ' + 7"))),
            Activity("correlate", "Elsa.Correlate", ("correlationId", FlowInput.Literal("String", "c7"))),
            Activity("output", "Elsa.SetOutput", ("outputName", FlowInput.Literal("String", "Sum")), ("outputValue", Js("Object", "3 + 4"))),
            Line("line", "getWorkflowInstanceName() + ' ' + getCorrelationId()")).Build();

        var run = (await MemoryRun.Of(flow).BeginAsync()).State.ToRecord();

        Assert.Equal(("order 7", "c7", "7", "order 7 c7"), (run.Name, run.CorrelationId, run.Output["Sum"]!.ToJsonString(), run.Lines.Single()));
    }

    [Theory]
    [InlineData("Elsa.Timer", "interval", "00:02:00", "2026-05-01T12:02:00Z")]
    [InlineData("Elsa.Cron", "cronExpression", "0 */5 * * * *", "2026-05-01T12:05:00Z")]
    [InlineData("Elsa.Cron", "cronExpression", "30 12 * * *", "2026-05-01T12:30:00Z")]
    [InlineData("Elsa.StartAt", "dateTime", "2026-05-02T00:00:00+02:00", "2026-05-01T22:00:00Z")]
    [InlineData("Elsa.Delay", "timeSpan", "1.00:00:00", "2026-05-02T12:00:00Z")]
    public async Task What_waits_for_the_clock_waits_in_the_middle_and_passes_as_the_trigger(string type, string field, string value, string due)
    {
        var wait = Activity("wait", type, (field, FlowInput.Literal("String", value)), ("canStartWorkflow", true));
        var flow = new FlowBuilder().Add(Activity("start", "Elsa.Start"), wait, Line("after")).Wire("start", "wait").Wire("wait", "after").Build();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
        MemoryRun New() => new(FlowGraph.Compile(flow, (_, _) => null, MemoryRun.Catalog), new StepExecutor(MemoryRun.Catalog, time));

        var middle = await New().BeginAsync();
        var bookmark = Assert.Single(middle.State.ToRecord().Bookmarks);
        await middle.ResumeAllAsync();
        var triggered = await New().BeginAsync(trigger: "wait");

        Assert.Equal(DateTimeOffset.Parse(due, System.Globalization.CultureInfo.InvariantCulture), bookmark.DueAt);
        Assert.Equal(["after"], middle.State.ToRecord().Lines);
        Assert.Equal(type == "Elsa.Delay" ? [] : ["after"], triggered.State.ToRecord().Lines);
    }

    [Fact]
    public async Task A_time_in_the_past_is_not_waited_for_and_ReadLine_faults_with_why()
    {
        var past = await RunAsync(Activity("at", "Elsa.StartAt", ("dateTime", FlowInput.Literal("DateTimeOffset", "2001-01-01T00:00:00Z"))), Line("after"));
        var read = await RunAsync(Activity("read", "Elsa.ReadLine"), Line("after"));

        Assert.Equal(["after"], past.Lines);
        Assert.Contains("console", Assert.Single(read.Incidents).Message);
    }

    [Fact]
    public async Task A_task_and_an_event_wait_under_their_name_and_what_is_reported_is_their_result()
    {
        var flow = new FlowBuilder().Chain(
            Activity("task", "Elsa.RunTask", ("taskName", FlowInput.Literal("String", "weigh")), ("payload", Js("ObjectDictionary", "({parcel: 3})"))),
            Line("line", "getOutputFrom('task').kilos")).Build();
        var run = await MemoryRun.Of(flow).BeginAsync();
        var waiting = Assert.Single(run.State.Waiting());

        run.Happen(new RunEvent.BookmarkResumed(waiting.Bookmark.Id, new JsonObject { ["kilos"] = 12 }));
        await run.WorkAsync();

        Assert.Equal(("weigh", 3), (waiting.Name, run.State.ToRecord().Steps.Single(step => step.ActivityId == "task").Inputs!["payload"]!["parcel"]!.GetValue<int>()));
        Assert.Equal(["12"], run.State.ToRecord().Lines);
    }

    private static JsonObject Bare(string script) => new() { ["type"] = "JavaScript", ["value"] = script };

    private static async Task<RunRecord> RunAsync(params JsonObject[] activities) =>
        (await MemoryRun.Of(new FlowBuilder().Variable("n", "Int32", "0").Variable("outer").Chain(activities).Build()).BeginAsync()).State.ToRecord();
}
