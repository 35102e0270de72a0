using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Engine;

/// <summary>Loops over items: how many passes at once, and how many must succeed.</summary>
public sealed class PassLimits
{
    [Fact]
    public void So_many_passes_run_at_once_and_the_next_begins_when_one_is_done()
    {
        var state = new RunState("run", FlowGraph.Compile(new FlowBuilder().Add(Each("Elsa.ParallelForEach", 5, Job("job"), ("maxParallel", 2))).Build(), (_, _) => null));
        var jobs = new Queue<RunEffect.Dispatch>(Jobs(state.Apply(new RunEvent.StepEnded(Executed(state.Apply(new RunEvent.Begun([]))), 1, Items(5)))));
        var most = jobs.Count;
        var done = 0;

        while (jobs.TryDequeue(out var job))
        {
            foreach (var next in Jobs(state.Apply(new RunEvent.StepEnded(job.Step, 1, new StepResult())))) jobs.Enqueue(next);
            most = Math.Max(most, jobs.Count);
            done++;
        }

        Assert.Equal((2, 5, RunSubStatus.Finished), (most, done, state.SubStatus));
    }

    [Fact]
    public async Task Each_pass_keeps_its_own_value_under_a_limit()
    {
        var run = await MemoryRun.Of(new FlowBuilder().Add(Each("Elsa.ParallelForEach", 4, Line("line", "getCurrentIndex() + ':' + variables.CurrentValue"), ("maxParallel", 1))).Build()).BeginAsync();

        Assert.Equal(["0:1", "1:2", "2:3", "3:4"], run.State.ToRecord().Lines);
    }

    [Theory]
    [InlineData("Elsa.ForEach", 0.5, RunSubStatus.Finished)]
    [InlineData("Elsa.ForEach", 0.8, RunSubStatus.Faulted)]
    [InlineData("Elsa.ParallelForEach", 0.5, RunSubStatus.Finished)]
    [InlineData("Elsa.ParallelForEach", 0.8, RunSubStatus.Faulted)]
    public async Task A_loop_faults_only_when_too_few_of_its_passes_succeed(string type, double share, RunSubStatus expected)
    {
        var body = Sequence("pass", Activity("f", "Elsa.SetVariable", ("variable", "v"), ("value", Js("Object", "if (getCurrentValue() == 2) throw new Error('two'); return 1;"))), Line("line", "getCurrentValue()"));

        var run = (await MemoryRun.Of(new FlowBuilder().Variable("v").Add(Each(type, 4, body, ("minSuccessShare", share))).Build()).BeginAsync()).State.ToRecord();

        var loop = run.Steps.Single(step => step.ActivityId == "each");
        Assert.Equal(expected, run.SubStatus);
        Assert.Equal(["1", "3", "4"], run.Lines);
        Assert.Equal((3, 1), (loop.Outputs!["succeeded"]!.GetValue<int>(), loop.Outputs["faulted"]!.GetValue<int>()));
        if (expected == RunSubStatus.Faulted) Assert.Contains("Only 3 of 4 passes succeeded", loop.Fault);
    }

    [Fact]
    public async Task A_fan_out_inside_a_fan_out_counts_for_itself()
    {
        var inner = Each("Elsa.ParallelForEach", 2, Activity("f", "Elsa.Fault", ("message", FlowInput.Literal("String", "x"))), ("minSuccessShare", 0.5));
        (inner["id"], inner["name"]) = ("inner", "inner");

        var run = (await MemoryRun.Of(new FlowBuilder().Add(Each("Elsa.ParallelForEach", 3, inner, ("minSuccessShare", 0))).Build()).BeginAsync()).State.ToRecord();

        Assert.Equal(RunSubStatus.Finished, run.SubStatus);
        Assert.Equal(3, run.Steps.Single(step => step.ActivityId == "each").Outputs!["faulted"]!.GetValue<int>());
        Assert.All(run.Steps.Where(step => step.ActivityId == "inner"), step => Assert.Equal(StepStatus.Faulted, step.Status));
    }

    private static JsonObject Each(string type, int count, JsonObject body, (string Name, JsonNode? Value) policy) => Activity("each", type,
        ("items", Js("Object[]", $"[{string.Join(',', Enumerable.Range(1, count))}]")), ("body", body), ("customProperties", new JsonObject { [policy.Name] = policy.Value }));

    private static StepResult Items(int count) => new() { Inputs = new JsonObject { ["items"] = new JsonArray([.. Enumerable.Range(1, count).Select(one => (JsonNode)one)]) } };

    private static int Executed(Decision decision) => decision.Effects.OfType<RunEffect.Execute>().Single().Step;

    private static IEnumerable<RunEffect.Dispatch> Jobs(Decision decision) => decision.Effects.OfType<RunEffect.Dispatch>();
}
