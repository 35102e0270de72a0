using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Engine;

/// <summary>Runs that somebody looks into: where they stop, how they go on, and what is pinned.</summary>
public sealed class Breakpoints
{
    private static readonly RunEvent.Steered Continue = new(Going.All) { Stepping = false };

    private static readonly RunEvent.Steered Step = new(Going.One) { Stepping = true };

    [Fact]
    public async Task A_run_stops_before_a_breakpoint_and_goes_on_when_told()
    {
        var run = await MemoryRun.Of(new FlowBuilder().Chain(Line("a"), Line("b"), Line("c")).Build()).BeginAsync(debug: At("b"));
        var stopped = run.State.ToRecord();
        var before = run.Replayed();
        await run.SteerAsync(Continue);

        Assert.Equal((RunSubStatus.Suspended, "a", true), (stopped.SubStatus, string.Join(' ', stopped.Lines), run.State.Status == RunStatus.Finished));
        Assert.Equal([("b", StepStatus.Suspended, Halt.Breakpoint)], stopped.Steps.Where(step => step.Halt is not null).Select(step => (step.ActivityId, step.Status, step.Halt!.Value)));
        Assert.Null(stopped.Steps.Single(step => step.ActivityId == "b").StartedAt);
        Assert.Equal(Json(stopped), Json(before));
        Assert.Equal(["a", "b", "c"], run.State.ToRecord().Lines);
        Assert.Equal(["b:Suspended", "b:Resumed", "b:Started", "b:Completed"], run.JournalLines.Where(line => line.StartsWith("b:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_job_is_not_handed_out_before_its_breakpoint_is_passed()
    {
        var run = await MemoryRun.Of(new FlowBuilder().Chain(Job("a"), Job("b")).Build(), job: (_, _) => new StepResult()).BeginAsync(debug: At("b"));
        var handed = run.Effects.OfType<RunEffect.Dispatch>().Count();
        await run.SteerAsync(Continue);

        Assert.Equal((1, 2, RunSubStatus.Finished), (handed, run.Effects.OfType<RunEffect.Dispatch>().Count(), run.State.SubStatus));
    }

    [Fact]
    public async Task Stepping_stops_before_every_step_also_in_a_loops_body()
    {
        var flow = new FlowBuilder().Chain(
            Activity("each", "Elsa.ForEach", ("items", FlowInput.Wrap("Object", "Object", "[1,2]")), ("body", Line("in", "'pass ' + getVariable('CurrentValue')"))), Line("end")).Build();
        var run = await MemoryRun.Of(flow).BeginAsync(debug: new DebugRequest { Step = true });
        var seen = new List<string>();
        while (run.State.Status == RunStatus.Running)
        {
            seen.Add(Assert.Single(run.Halted));
            await run.SteerAsync(Step);
        }

        Assert.Equal(["each", "in", "in", "end"], seen);
        Assert.Equal(["pass 1", "pass 2", "end"], run.State.ToRecord().Lines);
    }

    [Fact]
    public async Task Parallel_passes_stop_each_for_itself_and_can_be_let_go_one_by_one()
    {
        var flow = new FlowBuilder().Chain(
            Activity("each", "Elsa.ParallelForEach", ("items", FlowInput.Wrap("Object", "Object", "[1,2,3]")), ("body", Line("in", "'pass ' + getVariable('CurrentValue')")))).Build();
        var run = await MemoryRun.Of(flow).BeginAsync(debug: At("in"));
        var second = run.State.ToRecord().Bookmarks[1].Id;
        await run.SteerAsync(Continue with { BookmarkId = second });
        var after = run.State.ToRecord();
        await run.SteerAsync(Continue);

        Assert.Equal(["pass 2"], after.Lines);
        Assert.Equal(2, after.Bookmarks.Count);
        Assert.Equal((3, RunSubStatus.Finished), (run.State.ToRecord().Lines.Count, run.State.SubStatus));
    }

    [Fact]
    public async Task A_breakpoint_in_a_flow_that_is_used_as_an_activity_is_named_by_that_flow()
    {
        var child = new FlowBuilder("Child").Chain(Line("a", "'inner'"), Line("b", "'inner b'")).Build();
        var parent = new FlowBuilder("Parent").Chain(Line("a", "'outer'"), Activity("use", "Child", ("workflowDefinitionId", "Child"))).Build();
        var run = await MemoryRun.Of(parent, [child]).BeginAsync(debug: new DebugRequest { Breakpoints = [new Breakpoint("a", "Child")] });
        var lines = run.State.ToRecord().Lines;
        await run.SteerAsync(Step);
        var next = run.Halted.ToList();
        await run.SteerAsync(Continue);

        Assert.Equal(["outer"], lines);
        Assert.Equal(["b"], next);
        Assert.Equal(["outer", "inner", "inner b"], run.State.ToRecord().Lines);
    }

    [Fact]
    public async Task A_run_that_a_step_starts_stops_at_the_same_breakpoints()
    {
        var child = new FlowBuilder("Child").Chain(Line("a", "'inner'")).Build();
        var parent = new FlowBuilder("Parent").Chain(Activity("use", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", FlowInput.Literal("String", "Child")), ("waitForCompletion", FlowInput.Literal("Boolean", true)))).Build();
        var run = await MemoryRun.Of(parent, [child]).BeginAsync(debug: new DebugRequest { Breakpoints = [new Breakpoint("a", "Child")] });

        var started = Assert.Single(run.ChildRuns).Run;
        Assert.Equal(["a"], started.Halted);
        await started.SteerAsync(Continue);
        Assert.Equal(["inner"], started.State.ToRecord().Lines);
    }

    [Fact]
    public async Task Breakpoints_can_be_changed_and_a_run_paused_while_it_goes_on()
    {
        var run = await MemoryRun.Of(new FlowBuilder().Chain(Line("a"), Line("b"), Line("c"), Line("d")).Build()).BeginAsync(debug: At("a"));
        run.Happen(new RunEvent.Steered { Breakpoints = [new Breakpoint("c")] });
        await run.SteerAsync(Continue);
        var stopped = run.Halted.ToList();
        run.Happen(new RunEvent.Steered { Stepping = true });
        var debug = run.State.ToRecord().Debug!;
        await run.SteerAsync(new RunEvent.Steered(Going.One));

        Assert.Equal(["c"], stopped);
        Assert.Equal((true, "c"), (debug.Step, Assert.Single(debug.Breakpoints).ActivityId));
        Assert.Equal(["d"], run.Halted);
    }

    [Fact]
    public async Task Cancelling_a_run_that_stands_still_ends_it()
    {
        var run = await MemoryRun.Of(new FlowBuilder().Chain(Job("a")).Build(), job: (_, _) => new StepResult()).BeginAsync(debug: At("a"));
        run.Happen(new RunEvent.CancelRequested("test"));

        Assert.Equal((RunSubStatus.Cancelled, StepStatus.Canceled, 0), (run.State.SubStatus, run.State.ToRecord().Steps[^1].Status, run.State.ToRecord().Bookmarks.Count));
    }

    [Fact]
    public async Task A_run_that_is_not_debugged_knows_no_breakpoints_and_cannot_be_steered()
    {
        var run = await MemoryRun.Of(new FlowBuilder().Chain(Activity("wait", "Elsa.Event", ("eventName", FlowInput.Literal("String", "e"))), Line("b")).Build()).BeginAsync();
        await run.SteerAsync(Continue);

        Assert.Equal((RunSubStatus.Suspended, null), (run.State.SubStatus, run.State.ToRecord().Debug));
    }

    [Fact]
    public async Task What_is_pinned_is_given_in_place_of_the_work_in_every_pass()
    {
        var pinned = Pinned(Job("make"), new JsonObject { ["result"] = "pinned" });
        pinned["result"] = Output("made");
        var flow = new FlowBuilder().Variable("made").Chain(
            Activity("each", "Elsa.ForEach", ("items", FlowInput.Wrap("Object", "Object", "[1,2]")), ("body", Sequence("both", pinned, Line("say", "variables.made"))))).Build();
        StepResult Done(string id, int attempt) => new() { Outputs = new JsonObject { ["result"] = "worked" } };
        var run = await MemoryRun.Of(flow, job: Done).BeginAsync(debug: new DebugRequest());
        var plain = await MemoryRun.Of(flow, job: Done).BeginAsync();
        var without = await MemoryRun.Of(flow, job: Done).BeginAsync(debug: new DebugRequest { Pins = false });

        Assert.Equal(["pinned", "pinned"], run.State.ToRecord().Lines);
        Assert.Equal([true, true], run.State.ToRecord().Steps.Where(step => step.ActivityId == "make").Select(step => step.Pinned));
        Assert.Equal(Json(run.State.ToRecord()), Json(run.Replayed()));
        Assert.Equal(["worked", "worked"], plain.State.ToRecord().Lines);
        Assert.Equal(["worked", "worked"], without.State.ToRecord().Lines);
    }

    [Fact]
    public async Task A_flow_as_activity_and_a_run_of_its_own_can_be_pinned_with_their_outcome()
    {
        var child = new FlowBuilder("Child").Outcome("Warm").Outcome("Cold").Chain(Line("inner")).Build();
        var use = Pinned(Activity("use", "Child", ("workflowDefinitionId", "Child")), new JsonObject { ["greeting"] = "hi" }, "Cold");
        var start = Pinned(Activity("start", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", FlowInput.Literal("String", "Child"))), new JsonObject { ["result"] = 1 });
        var flow = new FlowBuilder("Parent").Add(use, start, Line("warm"), Line("cold")).Wire("use", "warm", "Warm").Wire("use", "cold", "Cold").Wire("cold", "start", "Done").Build();

        var run = await MemoryRun.Of(flow, [child]).BeginAsync(debug: new DebugRequest());

        Assert.Equal((RunSubStatus.Finished, "cold", 0), (run.State.SubStatus, string.Join(' ', run.State.ToRecord().Lines), run.ChildRuns.Count));
    }

    [Theory]
    [InlineData("was", true)]
    [InlineData("other", false)]
    public async Task A_run_that_goes_on_keeps_what_follows_a_pin_only_when_the_pin_is_what_was_given(string pin, bool kept)
    {
        FlowDefinition Flow(JsonObject make) => new FlowBuilder().Chain(make, Job("after"), Job("last")).Build();
        StepResult Done(string id, int attempt) => new() { Outputs = new JsonObject { ["result"] = "was" } };
        var before = await MemoryRun.Of(Flow(Job("make")), job: Done).BeginAsync();

        var after = await MemoryRun.Of(Flow(Pinned(Job("make"), new JsonObject { ["result"] = pin })), job: Done).GoOnAsync(before, "last", new DebugRequest());

        Assert.Equal(kept, after.State.ToRecord().Steps.Single(step => step.ActivityId == "after").Cached);
        Assert.False(after.State.ToRecord().Steps.Single(step => step.ActivityId == "last").Cached);
    }

    [Fact]
    public async Task A_pin_is_no_change_to_what_an_activity_does()
    {
        var pinned = Pinned(Job("make"), new JsonObject { ["result"] = "pinned" });
        var before = await MemoryRun.Of(new FlowBuilder().Chain(pinned, Job("last")).Build(), job: (_, _) => new StepResult()).BeginAsync();

        var after = await MemoryRun.Of(new FlowBuilder().Chain(Job("make"), Job("last")).Build(), job: (_, _) => new StepResult()).GoOnAsync(before);

        Assert.All(after.State.ToRecord().Steps.Where(step => step.ActivityType == "Test.Job"), step => Assert.True(step.Cached));
    }

    private static DebugRequest At(params string[] activities) => new() { Breakpoints = [.. activities.Select(id => new Breakpoint(id))] };

    private static JsonObject Pinned(JsonObject activity, JsonObject outputs, params string[] outcomes)
    {
        activity["customProperties"] = new JsonObject { [PinnedOutput.Property] = new PinnedOutput(outputs, outcomes).ToJson() };
        return activity;
    }

    private static JsonObject Output(string variable) => new() { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = variable } };

    private static string Json(RunRecord record) => JsonSerializer.Serialize(record, ContractJson.Options);
}
