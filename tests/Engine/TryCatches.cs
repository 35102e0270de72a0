using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Engine;

/// <summary>Flows.TryCatch: body, catch, finally.</summary>
public sealed class TryCatches
{
    [Fact]
    public async Task A_body_without_a_fault_skips_the_catch_and_runs_the_finally()
    {
        var run = await RunAsync(Try("try", Line("body"), Line("catch"), Line("finally")));

        Assert.Equal(["body", "finally", "after"], run.Lines);
        Assert.Equal(RunSubStatus.Finished, run.SubStatus);
    }

    [Fact]
    public async Task The_catch_sees_why_and_where_the_body_faulted()
    {
        var run = await RunAsync(Try("try", Sequence("body", Line("one"), Faults("f"), Line("never")), Line("catch", "variables.FaultActivityId + ': ' + getFaultMessage()"), Line("finally")));

        Assert.Equal(["one", "f: boom", "finally", "after"], run.Lines);
        Assert.Equal((RunSubStatus.Finished, true), (run.SubStatus, Assert.Single(run.Incidents).Handled));
        Assert.Equal("""{"faultMessage":"boom","faultActivityId":"f"}""", run.Steps.Single(step => step.ActivityId == "try").Outputs!.ToJsonString());
        Assert.Equal(StepStatus.Faulted, run.Steps.Single(step => step.ActivityId == "f").Status);
    }

    [Fact]
    public async Task A_finally_without_a_catch_runs_and_the_fault_goes_on_outwards()
    {
        var run = await RunAsync(Try("try", Faults("f"), null, Line("finally")));

        Assert.Equal(["finally"], run.Lines);
        Assert.Equal((RunSubStatus.Faulted, "boom"), (run.SubStatus, run.Steps.Single(step => step.ActivityId == "try").Fault));
    }

    [Fact]
    public async Task A_fault_in_the_catch_goes_to_the_try_around_it_after_the_finally()
    {
        var inner = Try("inner", Faults("f"), Faults("g", "worse"), Line("inner finally"));

        var run = await RunAsync(Try("outer", inner, Line("catch", "getFaultMessage()"), Line("outer finally")));

        Assert.Equal(["inner finally", "worse", "outer finally", "after"], run.Lines);
        Assert.Equal(RunSubStatus.Finished, run.SubStatus);
    }

    [Fact]
    public async Task A_fault_in_the_finally_is_the_trys_own()
    {
        var run = await RunAsync(Try("try", Line("body"), Line("catch"), Faults("f", "last")));

        Assert.Equal((RunSubStatus.Faulted, "last"), (run.SubStatus, run.Steps.Single(step => step.ActivityId == "try").Fault));
        Assert.Equal(["body"], run.Lines);
    }

    [Fact]
    public async Task Each_pass_of_a_loop_catches_its_own_fault()
    {
        var body = Try("try", Activity("f", "Elsa.Fault", ("message", Js("String", "'no ' + getCurrentValue()"))), Line("catch", "getFaultMessage()"), null);

        var run = await RunAsync(Activity("each", "Elsa.ForEach", ("items", Js("Object[]", "[1,2]")), ("body", body)));

        Assert.Equal(["no 1", "no 2", "after"], run.Lines);
    }

    [Fact]
    public async Task A_break_inside_a_try_leaves_the_loop_after_the_finally()
    {
        var body = Try("try", Activity("break", "Elsa.Break"), null, Line("finally"));

        var run = await RunAsync(Activity("each", "Elsa.ForEach", ("items", Js("Object[]", "[1,2]")), ("body", body)));

        Assert.Equal(["finally", "after"], run.Lines);
    }

    [Fact]
    public void A_fault_abandons_the_jobs_beside_it_in_the_body()
    {
        var body = Activity("both", "Elsa.Parallel", ("activities", new JsonArray(Job("a"), Job("b"))));
        var state = Begin(out var decision, Try("try", body, Line("catch"), null));
        var (a, b) = ((RunEffect.Dispatch)decision.Effects[0], (RunEffect.Dispatch)decision.Effects[1]);

        var caught = state.Apply(new RunEvent.StepEnded(a.Step, 1, new StepResult { Fault = "x" }));

        Assert.Equal([new RunEffect.Abandon(b.Step)], caught.Effects.OfType<RunEffect.Abandon>());
        Assert.Equal(StepStatus.Canceled, state.Step(b.Step).Status);
        Assert.Equal("catch", state.ActivityOf(Assert.Single(caught.Effects.OfType<RunEffect.Execute>()).Step).Id);
    }

    [Fact]
    public async Task A_job_is_tried_again_before_its_fault_is_caught()
    {
        var job = Job("a");
        job["customProperties"] = new JsonObject { ["faultPolicy"] = new JsonObject { ["retries"] = new JsonObject { ["count"] = 1 } } };
        var run = MemoryRun.Of(new FlowBuilder().Add(Try("try", job, Line("catch", "getFaultMessage()"), null)).Build(), job: (_, attempt) => new StepResult { Fault = $"attempt {attempt}" });

        await run.BeginAsync();

        Assert.Equal(["attempt 2"], run.State.ToRecord().Lines);
        Assert.Equal(JsonSerializer.Serialize(run.State.ToRecord(), ContractJson.Options), JsonSerializer.Serialize(run.Replayed(), ContractJson.Options));
    }

    [Fact]
    public void Cancelling_the_run_runs_neither_catch_nor_finally()
    {
        var state = Begin(out _, Try("try", Job("a"), Line("catch"), Line("finally")));

        var cancelled = state.Apply(new RunEvent.CancelRequested("ada"));

        Assert.Empty(cancelled.Effects.OfType<RunEffect.Execute>());
        Assert.Equal(RunSubStatus.Cancelled, state.SubStatus);
        Assert.DoesNotContain(state.ToRecord().Steps, step => step.ActivityId is "catch" or "finally");
    }

    private static async Task<RunRecord> RunAsync(JsonObject activity) =>
        (await MemoryRun.Of(new FlowBuilder().Chain(activity, Line("after")).Build()).BeginAsync()).State.ToRecord();

    private static RunState Begin(out Decision decision, JsonObject activity)
    {
        var state = new RunState("run", FlowGraph.Compile(new FlowBuilder().Add(activity).Build(), (_, _) => null));
        decision = state.Apply(new RunEvent.Begun([]));
        return state;
    }

    private static JsonObject Try(string id, JsonObject body, JsonObject? @catch, JsonObject? @finally)
    {
        var activity = Activity(id, "Flows.TryCatch", ("body", body));
        if (@catch is not null) activity["catch"] = @catch;
        if (@finally is not null) activity["finally"] = @finally;
        return activity;
    }

    private static JsonObject Faults(string id, string message = "boom") => Activity(id, "Elsa.Fault", ("message", FlowInput.Literal("String", message)));
}
