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
        var live = new RunState("run", flow.Graph);

        foreach (var (happened, at) in events.Select((happened, at) => (happened, at)))
        {
            live.Apply(happened);
            if (at % 7 != Math.Abs(seed % 7) && at != events.Count - 1) continue;
            if (Text(flow.Replay(ThroughJson(events[..(at + 1)])).State) != Text(live)) return false;
        }
        return true;
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
