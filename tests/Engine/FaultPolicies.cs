using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Engine;

/// <summary>What a step's own policy makes of its faults.</summary>
public sealed class FaultPolicies
{
    [Fact]
    public async Task A_job_is_tried_again_until_it_succeeds_and_keeps_why_it_was()
    {
        var run = MemoryRun.Of(new FlowBuilder().Chain(Flaky("a", Retries(3)), Line("after")).Build(), job: (_, attempt) => attempt < 3 ? new StepResult { Fault = $"no luck {attempt}" } : new StepResult());

        await run.BeginAsync();

        var step = StepOf(run.State, "a");
        Assert.Equal((StepStatus.Completed, 3, RunSubStatus.Finished), (step.Status, step.Attempt, run.State.SubStatus));
        Assert.Equal([(1, "no luck 1"), (2, "no luck 2")], step.EarlierFaults!.Select(fault => (fault.Attempt, fault.Message)));
        Assert.Empty(run.State.ToRecord().Incidents);
        Assert.Equal(["after"], run.State.ToRecord().Lines);
    }

    [Fact]
    public async Task When_the_retries_are_used_up_the_last_fault_is_the_runs()
    {
        var run = MemoryRun.Of(new FlowBuilder().Add(Flaky("a", Retries(2))).Build(), job: (_, attempt) => new StepResult { Fault = $"no luck {attempt}" });

        await run.BeginAsync();

        Assert.Equal((3, "no luck 3", RunSubStatus.Faulted), (StepOf(run.State, "a").Attempt, StepOf(run.State, "a").Fault, run.State.SubStatus));
        Assert.Equal("no luck 3", Assert.Single(run.State.ToRecord().Incidents).Message);
    }

    [Fact]
    public async Task An_inline_step_is_tried_again_too()
    {
        var run = MemoryRun.Of(new FlowBuilder().Add(Activity("f", "Elsa.Fault", ("message", FlowInput.Literal("String", "always")), Policy(Retries(2)))).Build());

        await run.BeginAsync();

        Assert.Equal(2, StepOf(run.State, "f").EarlierFaults!.Count);
        Assert.Equal(3, run.Effects.OfType<RunEffect.Execute>().Count());
    }

    [Theory]
    [InlineData("connection reset by peer", 2)]
    [InlineData("HTTP 503 from the store", 2)]
    [InlineData("the column is missing", 1)]
    public async Task Only_faults_that_the_policy_names_are_tried_again(string message, int attempts)
    {
        var retries = Retries(1);
        retries["retries"]!["on"] = new JsonArray("Connection Reset", @"HTTP 5\d\d");
        var run = MemoryRun.Of(new FlowBuilder().Add(Flaky("a", retries)).Build(), job: (_, _) => new StepResult { Fault = message });

        await run.BeginAsync();

        Assert.Equal(attempts, StepOf(run.State, "a").Attempt);
    }

    [Fact]
    public void Delays_double_and_the_run_waits_for_them_as_it_does_for_a_timer()
    {
        var state = Begin(out var decision, new FlowBuilder().Add(Flaky("a", Retries(3, 10, "exponential"))));
        var job = (RunEffect.Dispatch)decision.Effects[0];

        var first = Assert.IsType<RunEffect.Wait>(Assert.Single(state.Apply(new RunEvent.StepEnded(job.Step, 1, new StepResult { Fault = "x" }) { At = At(5) }).Effects));
        var again = state.Apply(new RunEvent.BookmarkResumed(first.Bookmark.Id) { At = At(15) });
        var second = Assert.IsType<RunEffect.Wait>(Assert.Single(state.Apply(new RunEvent.StepEnded(job.Step, 2, new StepResult { Fault = "x" }) { At = At(16) }).Effects));

        Assert.Equal((At(15), 2), (first.Bookmark.DueAt, first.Bookmark.RetryAttempt));
        Assert.Equal(2, Assert.IsType<RunEffect.Dispatch>(Assert.Single(again.Effects)).Attempt);
        Assert.Equal(At(36), second.Bookmark.DueAt);
        Assert.Equal((RunSubStatus.Suspended, StepStatus.Suspended), (state.SubStatus, state.Step(job.Step).Status));
    }

    [Fact]
    public void A_delayed_retry_is_still_pending_after_a_restart_with_the_same_due_time()
    {
        var (state, events) = Waiting(jitter: 0.5);
        var replayed = new RunState("run", state.Graph);
        foreach (var happened in events) replayed.Apply(JsonSerializer.Deserialize<RunEvent>(JsonSerializer.Serialize(happened, ContractJson.Options), ContractJson.Options)!);

        var (before, after) = (Assert.Single(state.Pending()), Assert.Single(replayed.Pending()));

        Assert.Equal(before, after);
        Assert.InRange(((RunEffect.Wait)before).Bookmark.DueAt!.Value, At(5), At(15));
        Assert.NotEqual(At(10), ((RunEffect.Wait)before).Bookmark.DueAt);
    }

    [Fact]
    public void A_run_that_faulted_elsewhere_waits_for_a_retry_before_it_ends()
    {
        var state = Begin(out var decision, new FlowBuilder().Add(Activity("start", "Elsa.Start"), Flaky("a", Retries(1, 10)), Job("b")).Wire("start", "a").Wire("start", "b"));
        var (a, b) = ((RunEffect.Dispatch)decision.Effects[0], (RunEffect.Dispatch)decision.Effects[1]);
        var wait = (RunEffect.Wait)state.Apply(new RunEvent.StepEnded(a.Step, 1, new StepResult { Fault = "x" })).Effects[0];

        state.Apply(new RunEvent.StepEnded(b.Step, 1, new StepResult { Fault = "y" }));
        var between = state.Status;
        state.Apply(new RunEvent.BookmarkResumed(wait.Bookmark.Id));
        state.Apply(new RunEvent.StepEnded(a.Step, 2, new StepResult()));

        Assert.Equal((RunStatus.Running, RunSubStatus.Faulted), (between, state.SubStatus));
        Assert.Equal(StepStatus.Completed, state.Step(a.Step).Status);
    }

    [Fact]
    public void Cancelling_a_run_forgets_its_delayed_retries()
    {
        var (state, _) = Waiting();

        var cancelled = state.Apply(new RunEvent.CancelRequested("ada"));

        Assert.Single(cancelled.Effects.OfType<RunEffect.Abandon>());
        Assert.Equal(RunSubStatus.Cancelled, state.SubStatus);
        Assert.Empty(state.Pending());
    }

    [Fact]
    public void A_late_result_of_the_attempt_that_was_given_up_changes_nothing()
    {
        var (state, events) = Waiting();
        var ended = (RunEvent.StepEnded)events[^1];

        Assert.Empty(state.Apply(ended with { Result = new StepResult { Lines = ["late"] } }).Effects);
        Assert.Empty(state.ToRecord().Lines);
    }

    [Fact]
    public async Task A_step_that_goes_on_after_a_fault_leaves_an_incident_and_the_run_finishes()
    {
        var run = MemoryRun.Of(new FlowBuilder().Chain(Faults("f", GoesOn()), Line("after")).Build());

        await run.BeginAsync();

        var record = run.State.ToRecord();
        Assert.Equal((RunSubStatus.Finished, StepStatus.Faulted), (record.SubStatus, StepOf(run.State, "f").Status));
        Assert.Equal(("f", "boom", true), (record.Incidents[0].ActivityId, record.Incidents[0].Message, record.Incidents[0].Handled));
        Assert.Equal(["after"], record.Lines);
        Assert.Equal(["Done"], StepOf(run.State, "f").Outcomes);
        Assert.Equal(JsonSerializer.Serialize(record, ContractJson.Options), JsonSerializer.Serialize(run.Replayed(), ContractJson.Options));
    }

    [Fact]
    public async Task A_wired_error_port_is_the_way_on_after_a_fault()
    {
        var flow = new FlowBuilder().Add(Faults("f", GoesOn()), Line("good"), Line("bad")).Wire("f", "good").Wire("f", "bad", "Error");

        var run = await MemoryRun.Of(flow.Build()).BeginAsync();

        Assert.Equal(["bad"], run.State.ToRecord().Lines);
        Assert.Equal(["Error"], StepOf(run.State, "f").Outcomes);
    }

    [Theory]
    [InlineData("counter")]
    [InlineData("token")]
    public async Task A_join_gets_its_branch_from_a_step_that_goes_on_after_a_fault(string mode)
    {
        var join = Activity("join", "Elsa.FlowJoin", ("mode", FlowInput.Literal("String", "WaitAll")));
        var flow = new FlowBuilder().Add(Activity("start", "Elsa.Start"), Faults("f", GoesOn()), Line("b"), join, Line("end"))
            .Wire("start", "f").Wire("start", "b").Wire("f", "join").Wire("b", "join").Wire("join", "end");

        var run = await MemoryRun.Of(flow.Build()).BeginAsync(mode: mode);

        Assert.Equal(["b", "end"], run.State.ToRecord().Lines);
        Assert.Equal(RunSubStatus.Finished, run.State.SubStatus);
    }

    [Fact]
    public async Task A_container_that_goes_on_ends_what_is_inside_it_and_is_followed()
    {
        var box = Sequence("box", Faults("f"), Line("never"));
        box["customProperties"] = new JsonObject { ["faultPolicy"] = GoesOn() };

        var run = await MemoryRun.Of(new FlowBuilder().Chain(box, Line("after")).Build()).BeginAsync();

        Assert.Equal(["after"], run.State.ToRecord().Lines);
        Assert.Equal((RunSubStatus.Finished, "'f' inside it faulted: boom"), (run.State.SubStatus, StepOf(run.State, "box").Fault));
    }

    private static (RunState State, List<RunEvent> Events) Waiting(double jitter = 0)
    {
        var policy = Retries(1, 10);
        policy["retries"]!["jitter"] = jitter;
        var state = Begin(out var decision, new FlowBuilder().Add(Flaky("a", policy)));
        var ended = new RunEvent.StepEnded(decision.Effects.OfType<RunEffect.Dispatch>().Single().Step, 1, new StepResult { Fault = "x" }) { At = At(0) };
        state.Apply(ended);
        return (state, [new RunEvent.Begun([]) { At = At(0) }, ended]);
    }

    private static RunState Begin(out Decision decision, FlowBuilder flow)
    {
        var state = new RunState("run", FlowGraph.Compile(flow.Build(), (_, _) => null));
        decision = state.Apply(new RunEvent.Begun([]) { At = At(0) });
        return state;
    }

    private static StepRecord StepOf(RunState state, string activityId) => state.ToRecord().Steps.Single(step => step.ActivityId == activityId);

    private static DateTimeOffset At(int second) => DateTimeOffset.UnixEpoch.AddSeconds(second);

    private static JsonObject Flaky(string id, JsonObject policy) => Activity(id, "Test.Job", ("runAsynchronously", true), Policy(policy));

    private static JsonObject Faults(string id, JsonObject? policy = null) => policy is null
        ? Activity(id, "Elsa.Fault", ("message", FlowInput.Literal("String", "boom")))
        : Activity(id, "Elsa.Fault", ("message", FlowInput.Literal("String", "boom")), Policy(policy));

    private static (string, JsonNode?) Policy(JsonObject policy) => ("customProperties", new JsonObject { ["faultPolicy"] = policy });

    private static JsonObject GoesOn() => new() { ["continueOnError"] = true };

    private static JsonObject Retries(int count, double delay = 0, string backoff = "constant") =>
        new() { ["retries"] = new JsonObject { ["count"] = count, ["delaySeconds"] = delay, ["backoff"] = backoff } };
}
