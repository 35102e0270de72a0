using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Engine;
using FsCheck;
using FsCheck.Xunit;

namespace Flows.Tests.Engine;

/// <summary>The journal is the truth: replaying it gives the live state, and a new owner can finish what the old one began.</summary>
public sealed class Replaying
{
    [Property(MaxTest = 300)]
    public bool Replaying_any_prefix_gives_the_live_state(DoNotSize<int> any)
    {
        var seed = any.Item;
        var flow = new RandomFlow(seed);
        var events = flow.Run();
        var (live, replayed) = (new RunState("run", flow.Graph), new RunState("run", flow.Graph));

        // After each event both have decided the same; some prefixes are compared whole, in a state of their own.
        foreach (var (happened, at) in events.Select((happened, at) => (happened, at)))
        {
            if (Text(live.Apply(happened)) != Text(replayed.Apply(ThroughJson([happened])[0]))) return false;
            if (at % 7 != Math.Abs(seed % 7) && at != events.Count - 1) continue;
            if (Text(flow.Replay(ThroughJson(events[..(at + 1)])).State) != Text(live) || Text(replayed) != Text(live)) return false;
        }
        return true;
    }

    /// <summary>What the properties here hold for is only what the random flows do.</summary>
    [Fact]
    public void Random_flows_do_everything_that_a_run_can()
    {
        var (journal, types, statuses) = (new HashSet<string>(), new HashSet<string>(), new HashSet<RunSubStatus>());
        var (happened, seen) = (new HashSet<string>(), new HashSet<string>());
        for (var seed = 0; seed < 400; seed++)
        {
            var flow = new RandomFlow(seed);
            var state = new RunState("run", flow.Graph);
            foreach (var one in flow.Run())
            {
                happened.Add(one.GetType().Name);
                foreach (var entry in state.Apply(one).Journal) journal.Add(entry.Event);
            }
            var record = state.ToRecord();
            statuses.Add(record.SubStatus);
            foreach (var step in record.Steps) types.Add(step.ActivityType);
            if (record.Steps.Any(step => step.Attempt > 1)) seen.Add($"retried by {flow.Mode}s");
            if (record.Incidents.Any(incident => incident.Handled)) seen.Add($"handled by {flow.Mode}s");
            if (record.Steps.GroupBy(step => (step.ParentStepId, step.ActivityId)).Any(group => group.Count() > 1)) seen.Add($"looped by {flow.Mode}s");
            if (record.Steps.Any(step => step.ActivityType == "Elsa.FlowJoin" && step.Status == StepStatus.Completed)) seen.Add($"joined by {flow.Mode}s");
        }

        Assert.Equal(["Canceled", "Completed", "Faulted", "Resumed", "Retried", "Started", "Suspended"], journal.Order());
        Assert.Equal(["Begun", "BookmarkResumed", "ChildReported", "ChildStarted", "EventDelivered", "StepBegun", "StepEnded"], happened.Order());
        Assert.Equal(["handled by counters", "handled by tokens", "joined by counters", "joined by tokens", "looped by counters", "looped by tokens", "retried by counters", "retried by tokens"], seen.Order());
        Assert.Empty(new[] { RunSubStatus.Finished, RunSubStatus.Faulted, RunSubStatus.Suspended }.Except(statuses));
        Assert.Empty(new[] { "Inner", "Elsa.Workflow", "Elsa.Complete", "Elsa.Break", "Elsa.End", "Elsa.For", "Elsa.ForEach", "Elsa.ParallelForEach", "Elsa.While", "Elsa.If", "Elsa.Fork", "Elsa.Parallel", "Elsa.Sequence", "Flows.TryCatch", "Elsa.PublishEvent", "Elsa.Event", "Elsa.BulkDispatchWorkflows" }.Except(types));
    }

    [Property(MaxTest = 300)]
    public bool A_run_taken_over_after_any_event_ends_the_same(DoNotSize<int> any)
    {
        var seed = any.Item;
        var flow = new RandomFlow(seed);
        var events = flow.Run();
        var whole = flow.Replay(events).State;

        return events.Count == RandomFlow.MaxEvents || Enumerable.Range(1, events.Count - 1).Where(at => at % 5 == Math.Abs(seed % 5)).All(at =>
        {
            var (state, seen) = flow.Replay([.. events[..at], new RunEvent.OwnerChanged("next") { At = events[at - 1].At }]);
            return Outcome(flow.Continue(state, seen).State) == Outcome(whole);
        });
    }

    [Property(MaxTest = 200)]
    public bool Replaying_a_run_that_goes_on_from_another_gives_the_live_state(DoNotSize<int> any)
    {
        var flow = new RandomFlow(any.Item);
        flow.Kept = new KeptResults("run", flow.Graph, flow.Run());
        var resumed = new RunState("next", flow.Graph);
        var events = flow.Continue(resumed, [], begin: true).Events;
        var replayed = new RunState("next", flow.Graph);
        foreach (var happened in ThroughJson(events)) replayed.Apply(happened);
        return Text(replayed) == Text(resumed);
    }

    [Property(MaxTest = 200)]
    public bool Replaying_a_run_that_is_debugged_gives_the_live_state(DoNotSize<int> any)
    {
        var flow = new RandomFlow(any.Item) { Debug = new DebugRequest { Step = any.Item % 3 == 0, Breakpoints = [new Breakpoint("n1"), new Breakpoint("n2"), new Breakpoint("n3x"), new Breakpoint("wait", "Inner")] } };
        var events = flow.Run();
        var (live, replayed) = (new RunState("run", flow.Graph), new RunState("run", flow.Graph));
        foreach (var (happened, at) in events.Select((happened, at) => (happened, at)))
        {
            if (Text(live.Apply(happened)) != Text(replayed.Apply(ThroughJson([happened])[0]))) return false;
            if (at % 7 == Math.Abs(any.Item % 7) && Text(flow.Replay(ThroughJson(events[..(at + 1)])).State) != Text(live)) return false;
        }
        return Text(replayed) == Text(live);
    }

    [Property(MaxTest = 200)]
    public bool Results_of_dead_runners_change_nothing(DoNotSize<int> any)
    {
        var seed = any.Item;
        var flow = new RandomFlow(seed);
        var events = flow.Run();
        var types = flow.Replay(events).State;
        var noisy = events.SelectMany(happened => happened is RunEvent.StepEnded ended && types.ActivityOf(ended.Step).Type != "Elsa.While"
            ? [ended with { Attempt = 0, Result = Late }, happened, ended with { Result = Late }]
            : new[] { happened }).ToList();

        return Text(flow.Replay(noisy).State) == Text(flow.Replay(events).State);
    }

    [Property(MaxTest = 200)]
    public bool Cancelling_at_any_moment_ends_the_run_and_leaves_nothing_open(DoNotSize<int> any)
    {
        var flow = new RandomFlow(any.Item);
        var events = flow.Run();
        return Enumerable.Range(1, events.Count - 1).Where(at => at % 4 == Math.Abs(any.Item % 4)).All(at =>
        {
            var state = flow.Replay(events[..at]).State;
            if (state.Status == RunStatus.Finished) return true;
            state.Apply(new RunEvent.CancelRequested("test"));
            return state.SubStatus == RunSubStatus.Cancelled && state.Pending().Count == 0 && state.ToRecord() is { Bookmarks.Count: 0 } record
                && record.Steps.All(step => step.Status is not (StepStatus.Running or StepStatus.Queued or StepStatus.Suspended));
        });
    }

    private static readonly StepResult Late = new() { Lines = ["late"], Outputs = new JsonObject { ["result"] = "late" } };

    private static List<RunEvent> ThroughJson(IEnumerable<RunEvent> events) =>
        events.Select(happened => JsonSerializer.Deserialize<RunEvent>(JsonSerializer.Serialize(happened, ContractJson.Options), ContractJson.Options)!).ToList();

    private static string Text(Decision decision) => JsonSerializer.Serialize(decision.Journal, ContractJson.Options) + string.Join(';', decision.Effects.Select(effect => effect switch
    {
        RunEffect.StartChild start => $"{start.Step} {start.Child.RunId} {start.Child.Input.ToJsonString()}",
        RunEffect.Respond respond => $"{respond.Step} {respond.Response.ToJsonString()}",
        _ => effect.ToString(),
    }));

    private static string Text(RunState state) => JsonSerializer.Serialize(state.ToRecord(), ContractJson.Options) + JsonSerializer.Serialize(state.Pending().Select(effect => effect.ToString()));

    // Attempts, times and runners differ after a takeover; what was done does not.
    private static string Outcome(RunState state)
    {
        var record = state.ToRecord();
        return Regex.Replace(JsonSerializer.Serialize(new
        {
            record.Status,
            record.SubStatus,
            record.Lines,
            record.Output,
            Incidents = record.Incidents.Select(incident => (incident.ActivityId, incident.Message).ToString()),
            Steps = record.Steps.Select(step => (step.StepId, step.ActivityId, step.Status, step.Fault, string.Join(',', step.Outcomes), step.Outputs?.ToJsonString()).ToString()),
        }, ContractJson.Options), @"\d{17}-[0-9a-f]{10}", "child");
    }
}
