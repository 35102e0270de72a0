using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Engine;

/// <summary>Heavy steps leave the engine's loop and come back; runners die; people cancel.</summary>
public sealed class Jobs
{
    private static readonly ActivityCatalog Heavy = ActivityCatalog.Of(typeof(Jobs).Assembly);

    [Fact]
    public void Branches_of_jobs_run_at_the_same_time()
    {
        var state = Begin(out var decision, new FlowBuilder().Add(Activity("start", "Elsa.Start"), HeavyStep("a"), HeavyStep("b")).Wire("start", "a").Wire("start", "b"));

        Assert.Equal(["Dispatch", "Dispatch"], decision.Effects.Select(effect => effect.GetType().Name));
        Assert.Equal(RunSubStatus.Executing, state.SubStatus);
        Assert.All(state.ToRecord().Steps.Where(step => step.Queue == "default"), step => Assert.Equal(StepStatus.Queued, step.Status));
    }

    [Fact]
    public void A_job_shows_when_it_was_queued_started_and_finished_and_where()
    {
        var state = Begin(out var decision, new FlowBuilder().Add(HeavyStep("a")));
        var job = Assert.IsType<RunEffect.Dispatch>(Assert.Single(decision.Effects));

        state.Apply(new RunEvent.StepBegun(job.Step, 1, "runner-7") { At = At(5) });
        state.Apply(new RunEvent.StepEnded(job.Step, 1, new StepResult { Metrics = new Dictionary<string, double> { ["accuracy"] = 0.9 } }) { At = At(9) });

        var step = state.ToRecord().Steps.Single(one => one.ActivityId == "a");
        Assert.Equal((At(0), At(5), At(9)), (step.QueuedAt, step.StartedAt, step.FinishedAt));
        Assert.Equal(("runner-7", 0.9), (step.Runner, step.Metrics!["accuracy"]));
    }

    [Fact]
    public void A_result_of_an_earlier_attempt_is_ignored()
    {
        var state = Begin(out var decision, new FlowBuilder().Add(HeavyStep("a")));
        var job = (RunEffect.Dispatch)decision.Effects[0];
        state.Apply(new RunEvent.StepBegun(job.Step, 1, "dies"));
        var anew = Assert.IsType<RunEffect.Dispatch>(Assert.Single(state.Pending()));
        state.Apply(new RunEvent.StepBegun(job.Step, anew.Attempt, "lives"));

        var late = state.Apply(new RunEvent.StepEnded(job.Step, 1, new StepResult { Lines = ["late"] }));
        state.Apply(new RunEvent.StepEnded(job.Step, anew.Attempt, new StepResult { Lines = ["right"] }));

        Assert.Equal(2, anew.Attempt);
        Assert.Empty(late.Effects);
        Assert.Equal(["right"], state.ToRecord().Lines);
        Assert.Equal(RunSubStatus.Finished, state.SubStatus);
    }

    [Fact]
    public void Each_owner_hands_a_job_out_with_an_attempt_of_its_own_even_if_none_was_heard_to_begin()
    {
        var state = Begin(out var decision, new FlowBuilder().Add(HeavyStep("a")));
        var job = (RunEffect.Dispatch)decision.Effects[0];
        state.Apply(new RunEvent.OwnerChanged("second"));
        var second = Assert.IsType<RunEffect.Dispatch>(Assert.Single(state.Pending()));
        state.Apply(new RunEvent.OwnerChanged("third"));
        var third = Assert.IsType<RunEffect.Dispatch>(Assert.Single(state.Pending()));

        state.Apply(new RunEvent.StepBegun(job.Step, third.Attempt, "lives"));
        state.Apply(new RunEvent.StepEnded(job.Step, second.Attempt, new StepResult { Lines = ["late"] }));
        state.Apply(new RunEvent.StepEnded(job.Step, third.Attempt, new StepResult { Lines = ["right"] }));

        Assert.Equal((1, 2, 3), (job.Attempt, second.Attempt, third.Attempt));
        Assert.Equal(["right"], state.ToRecord().Lines);
    }

    [Fact]
    public void A_later_attempt_gets_the_inputs_of_the_first_and_they_show_while_it_runs()
    {
        var flow = new FlowBuilder().Variable("rate", "Double", "0.1").Add(Activity("start", "Elsa.Start"), Activity("a", "Test.Train", ("rate", Js("Double", "variables.rate"))), Set("set", "rate", Js("Double", "0.9")))
            .Wire("start", "a").Wire("start", "set");
        var state = Begin(out var decision, flow);
        var executor = new StepExecutor(Heavy, TimeProvider.System);
        var job = decision.Effects.OfType<RunEffect.Dispatch>().Single();
        var first = executor.EvaluateInputs(state, job.Step);
        state.Apply(new RunEvent.StepBegun(job.Step, 1, "dies") { Inputs = first });
        state.Apply(new RunEvent.StepEnded(decision.Effects.OfType<RunEffect.Execute>().Single().Step, 1, new StepResult { Variables = new JsonObject { ["rate"] = 0.9 } }));

        var shown = state.Step(job.Step).Inputs;
        var second = executor.EvaluateInputs(state, state.Pending().OfType<RunEffect.Dispatch>().Single().Step);

        Assert.Equal("""{"rate":0.1}""", shown!.ToJsonString());
        Assert.Equal("""{"rate":0.1}""", second.ToJsonString());
    }

    [Fact]
    public void Cancelling_abandons_jobs_and_bookmarks_and_ends_the_run()
    {
        var state = Begin(out var decision, new FlowBuilder().Add(Activity("start", "Elsa.Start"), HeavyStep("a"), Activity("event", "Elsa.Event")).Wire("start", "event").Wire("start", "a"));
        var waits = (RunEffect.Execute)decision.Effects[0];
        state.Apply(new RunEvent.StepEnded(waits.Step, 1, new StepResult { Suspend = true }));

        var cancelled = state.Apply(new RunEvent.CancelRequested("ada"));

        Assert.Equal(2, cancelled.Effects.OfType<RunEffect.Abandon>().Count());
        Assert.Equal(RunSubStatus.Cancelled, Assert.IsType<RunEffect.End>(cancelled.Effects[^1]).SubStatus);
        Assert.Contains("event:Canceled", cancelled.Journal.Select(entry => $"{entry.ActivityId}:{entry.Event}"));
        Assert.Equal((RunStatus.Finished, RunSubStatus.Cancelled), (state.Status, state.SubStatus));
        Assert.Empty(state.Apply(new RunEvent.StepEnded(3, 1, new StepResult())).Journal);
        Assert.Empty(state.Pending());
    }

    [Fact]
    public void A_faulted_branch_lets_jobs_that_are_out_come_home_before_the_run_ends()
    {
        var state = Begin(out var decision, new FlowBuilder().Add(Activity("start", "Elsa.Start"), HeavyStep("a"), HeavyStep("b")).Wire("start", "a").Wire("start", "b"));
        var (a, b) = ((RunEffect.Dispatch)decision.Effects[0], (RunEffect.Dispatch)decision.Effects[1]);

        state.Apply(new RunEvent.StepEnded(a.Step, 1, new StepResult { Fault = "no memory" }));
        var between = state.Status;
        var end = state.Apply(new RunEvent.StepEnded(b.Step, 1, new StepResult()));

        Assert.Equal(RunStatus.Running, between);
        Assert.IsType<RunEffect.End>(Assert.Single(end.Effects));
        Assert.Equal(RunSubStatus.Faulted, state.SubStatus);
        Assert.Equal(StepStatus.Faulted, state.ToRecord().Steps.Single(step => step.ActivityId == "chart").Status);
    }

    [Fact]
    public async Task A_class_activity_runs_inline_and_its_output_goes_over_the_data_wire()
    {
        var flow = new FlowBuilder().Variable("sum", "Int32").Chain(
            Activity("add", "Test.Add", ("left", FlowInput.Literal("Int32", 2)), ("right", Js("Int32", "40")), ("sum", new JsonObject { ["typeName"] = "Int32", ["memoryReference"] = new JsonObject { ["id"] = "sum" } })),
            Line("line", "variables.sum"));

        var run = await RunAsync(flow);

        Assert.Equal(["42"], run.Lines);
        Assert.Equal(42, run.Steps.Single(step => step.ActivityId == "add").Outputs!["sum"]!.GetValue<int>());
        Assert.Equal(40, run.Steps.Single(step => step.ActivityId == "add").Inputs!["right"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_class_activity_that_throws_faults_its_step_with_its_message()
    {
        var run = await RunAsync(new FlowBuilder().Add(Activity("add", "Test.Add", ("left", FlowInput.Literal("Int32", -1)))));

        Assert.Equal("left must not be negative", Assert.Single(run.Incidents).Message);
    }

    [Fact]
    public async Task An_unknown_activity_faults_when_it_is_run()
    {
        var run = await RunAsync(new FlowBuilder().Add(Activity("odd", "Acme.Unknown")));

        Assert.Contains("There is no activity 'Acme.Unknown'", Assert.Single(run.Incidents).Message);
    }

    private static async Task<RunRecord> RunAsync(FlowBuilder flow)
    {
        var run = new MemoryRun(FlowGraph.Compile(flow.Build(), (_, _) => null, Heavy), new StepExecutor(Heavy, TimeProvider.System));
        await run.BeginAsync();
        return run.State.ToRecord();
    }

    private static RunState Begin(out Decision decision, FlowBuilder flow)
    {
        var state = new RunState("run", FlowGraph.Compile(flow.Build(), (_, _) => null, Heavy));
        decision = state.Apply(new RunEvent.Begun([]) { At = At(0) });
        return state;
    }

    private static JsonObject HeavyStep(string id) => Activity(id, "Test.Train");

    private static DateTimeOffset At(int second) => DateTimeOffset.UnixEpoch.AddSeconds(second);
}

[Activity("Test.Add", "Add")]
public sealed class TestAdd : IActivity
{
    [Setting] public int Left { get; init; }

    [Setting] public int Right { get; init; }

    [Output] public int Sum { get; private set; }

    public Task RunAsync(ActivityContext context, CancellationToken cancellation)
    {
        if (Left < 0) throw new ActivityFault("left must not be negative");
        Sum = Left + Right;
        return Task.CompletedTask;
    }
}

[Activity("Test.Train", "Train", Heavy = true)]
public sealed class TestTrain : IActivity
{
    [Setting] public double Rate { get; init; }

    public Task RunAsync(ActivityContext context, CancellationToken cancellation) => Task.CompletedTask;
}
