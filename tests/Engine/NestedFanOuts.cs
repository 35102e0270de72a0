using System.Text.Json.Nodes;
using Flows.Contract.Runs;
using Flows.Engine;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Engine;

/// <summary>A fan-out in a fan-out, each with its limit: jobs that fault are tried again, and cancelling leaves none behind.</summary>
public sealed class NestedFanOuts
{
    private const int Outer = 5, Inner = 4, AtOnceOuter = 2, AtOnceInner = 2;

    private readonly RunState _state = new("run", FlowGraph.Compile(new FlowBuilder().Add(Each("outer", Outer, AtOnceOuter, Each("inner", Inner, AtOnceInner, Job()))).Build(), (_, _) => null));
    private readonly List<RunEffect.Dispatch> _open = [];
    private int _most;

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void Limits_multiply_and_every_pass_is_done_although_half_of_the_jobs_fault_once(int seed)
    {
        var chance = new Random(seed);
        Take(_state.Apply(new RunEvent.Begun([])));
        var done = 0;

        while (_open.Count > 0)
        {
            var job = _open[chance.Next(_open.Count)];
            _open.Remove(job);
            var faults = job.Attempt == 1 && job.Step % 2 == 0;
            if (!faults) done++;
            Take(_state.Apply(new RunEvent.StepEnded(job.Step, job.Attempt, new StepResult { Fault = faults ? "once" : null })));
        }

        Assert.Equal((RunSubStatus.Finished, Outer * Inner, AtOnceOuter * AtOnceInner), (_state.SubStatus, done, _most));
        var jobs = _state.ToRecord().Steps.Where(step => step.ActivityId == "job").ToList();
        Assert.Equal(Outer * Inner, jobs.Count);
        Assert.Contains(jobs, job => job.EarlierFaults is { Count: 1 });
        Assert.All(jobs, job => Assert.Equal(StepStatus.Completed, job.Status));
    }

    [Fact]
    public void A_job_that_faults_too_often_ends_the_run_when_nothing_deals_with_it()
    {
        Take(_state.Apply(new RunEvent.Begun([])));

        while (_open.Count > 0) Take(_state.Apply(End(_open[0], "always")));

        Assert.Equal(RunSubStatus.Faulted, _state.SubStatus);
        Assert.All(_state.ToRecord().Steps, step => Assert.DoesNotContain(step.Status, (StepStatus[])[StepStatus.Queued, StepStatus.Running]));
    }

    [Fact]
    public void Cancelling_in_the_middle_gives_every_open_job_up_and_begins_none()
    {
        Take(_state.Apply(new RunEvent.Begun([])));
        Take(_state.Apply(End(_open[0], null)));
        var open = _open.Select(job => job.Step).Order().ToList();

        var decision = _state.Apply(new RunEvent.CancelRequested("ada"));

        Assert.Equal(RunSubStatus.Cancelled, _state.SubStatus);
        Assert.Equal(open, decision.Effects.OfType<RunEffect.Abandon>().Select(abandon => abandon.Step).Order());
        Assert.Empty(decision.Effects.OfType<RunEffect.Dispatch>());
        Assert.Empty(_state.Apply(End(_open[0], null)).Effects);
    }

    private RunEvent.StepEnded End(RunEffect.Dispatch job, string? fault)
    {
        _open.Remove(job);
        return new RunEvent.StepEnded(job.Step, job.Attempt, new StepResult { Fault = fault });
    }

    // Loops are told their items at once; jobs wait for the test.
    private void Take(Decision decision)
    {
        var effects = new Queue<RunEffect>(decision.Effects);
        while (effects.TryDequeue(out var effect))
        {
            if (effect is RunEffect.Dispatch job) _open.Add(job);
            if (effect is not RunEffect.Execute loop) continue;
            foreach (var next in _state.Apply(new RunEvent.StepEnded(loop.Step, loop.Attempt, Items(_state.ActivityOf(loop.Step).Id == "outer" ? Outer : Inner))).Effects) effects.Enqueue(next);
        }
        _most = Math.Max(_most, _open.Count);
    }

    private static StepResult Items(int count) => new() { Inputs = new JsonObject { ["items"] = new JsonArray([.. Enumerable.Range(1, count).Select(one => (JsonNode)one)]) } };

    private static JsonObject Each(string id, int count, int most, JsonObject body) => Activity(id, "Elsa.ParallelForEach",
        ("items", Js("Object[]", $"[{string.Join(',', Enumerable.Range(1, count))}]")), ("body", body), ("customProperties", new JsonObject { ["maxParallel"] = most }));

    private static JsonObject Job()
    {
        var job = FlowBuilder.Job("job");
        job["customProperties"] = JsonNode.Parse("""{"faultPolicy":{"retries":{"count":1}}}""");
        return job;
    }
}
