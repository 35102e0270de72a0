using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;

namespace Flows.Tests.Engine;

/// <summary>A random flow with loops, joins, jobs, containers, faults and waits, and a host whose results depend on nothing but the seed and the step.</summary>
public sealed class RandomFlow
{
    /// <summary>A loop without end is cut off here.</summary>
    public const int MaxEvents = 250;

    private readonly int _seed;
    private readonly Random _random;

    public RandomFlow(int seed)
    {
        _seed = seed;
        _random = new Random(seed);
        Graph = FlowGraph.Compile(Build(), (name, _) => name == "Inner" ? Inner : null);
        Mode = seed % 2 == 0 ? "counter" : "token";
    }

    public FlowGraph Graph { get; }

    // A flow that others use as an activity: it waits in its middle, and ends by Complete.
    private static readonly FlowDefinition Inner = new FlowBuilder("Inner").Output("Made").Chain(
        FlowBuilder.Activity("in", "Test.Inline"), FlowBuilder.Activity("wait", "Elsa.Event"), FlowBuilder.Activity("out", "Elsa.Complete"), FlowBuilder.Activity("never", "Test.Inline")).Build();

    public string Mode { get; }

    /// <summary>What a run may keep that goes on from another.</summary>
    public KeptResults? Kept { get; set; }

    /// <summary>Where the run stops, when somebody looks into it.</summary>
    public DebugRequest? Debug { get; set; }

    /// <summary>The events of one run from its beginning to where nothing goes on, at most 250.</summary>
    public List<RunEvent> Run() => Continue(new RunState("run", Graph), [], begin: true).Events;

    public (RunState State, List<RunEvent> Events) Replay(IReadOnlyList<RunEvent> events)
    {
        var state = new RunState("run", Graph);
        foreach (var happened in events) state.Apply(happened);
        return (state, [.. events]);
    }

    /// <summary>Goes on from a state as a new owner: first what is pending, then whatever follows.</summary>
    public (RunState State, List<RunEvent> Events) Continue(RunState state, List<RunEvent> events, bool begin = false)
    {
        var open = new List<RunEffect>(state.Pending());
        if (begin) Happen(new RunEvent.Begun(new JsonObject { ["seed"] = _seed }, Mode) { ResumedFrom = Kept is null ? null : "run", RerunFrom = Kept is null ? null : "n2", Debug = Debug });
        while (events.Count < MaxEvents && state.Status == RunStatus.Running)
        {
            if (open.Find(effect => effect is RunEffect.Execute or RunEffect.Dispatch or RunEffect.StartChild or RunEffect.Publish) is { } effect)
            {
                open.Remove(effect);
                CarryOut(effect);
            }
            else if (Unreported(state, events) is { } report) Happen(report);
            else if (state.ToRecord().Bookmarks is [{ Halt: not null } stopped, ..])
                Happen(new RunEvent.Steered(events.Count % 3 == 0 ? Going.All : Going.One) { Stepping = events.Count % 2 == 0, BookmarkId = events.Count % 5 == 0 ? stopped.Id : null });
            else if (state.ToRecord().Bookmarks is [var oldest, ..]) Happen(new RunEvent.BookmarkResumed(oldest.Id, "resumed"));
            else break;
        }
        return (state, events);

        void CarryOut(RunEffect effect)
        {
            if (effect is RunEffect.Execute execute) Happen(new RunEvent.StepEnded(execute.Step, execute.Attempt, Result(execute.Step)));
            if (effect is RunEffect.StartChild start) Happen(new RunEvent.ChildStarted(start.Step, start.Child.RunId, Chance(start.Step, 8) ? "cannot start" : null));
            if (effect is RunEffect.Publish publish) Happen(new RunEvent.EventDelivered(publish.Step));
            if (effect is not RunEffect.Dispatch dispatch) return;
            Happen(new RunEvent.StepBegun(dispatch.Step, dispatch.Attempt, "runner"));
            Happen(new RunEvent.StepEnded(dispatch.Step, dispatch.Attempt, Result(dispatch.Step)));
        }

        void Happen(RunEvent happened)
        {
            happened = happened with { At = DateTimeOffset.UnixEpoch.AddSeconds(events.Count) };
            events.Add(happened);
            var decision = state.Apply(happened);
            foreach (var gone in decision.Effects.OfType<RunEffect.Abandon>()) open.RemoveAll(effect => effect is RunEffect.Dispatch d && d.Step == gone.Step || effect is RunEffect.Execute x && x.Step == gone.Step);
            open.AddRange(decision.Effects);
        }

        StepResult Result(int step) => Kept?.For(state, step, null) ?? Decide(state, step, events.Count(one => one is RunEvent.StepEnded ended && ended.Step == step));
    }

    // What children say next: an executed one whether it waits, then each that is waited for that it is over.
    private static RunEvent.ChildReported? Unreported(RunState state, List<RunEvent> events)
    {
        foreach (var started in events.OfType<RunEvent.ChildStarted>().Where(started => started.Fault is null))
        {
            var said = events.OfType<RunEvent.ChildReported>().Where(report => report.RunId == started.RunId).ToList();
            var step = state.Step(started.Step);
            if (step is { Status: StepStatus.Running, ActivityType: "Elsa.ExecuteWorkflow" } && said.Count == 0)
                return Report(started.Step, started.RunId, Chance(started.Step, 2) ? RunSubStatus.Suspended : RunSubStatus.Finished);
            if (step.Status == StepStatus.Suspended && !said.Exists(report => report.SubStatus != RunSubStatus.Suspended))
                return Report(started.Step, started.RunId, Chance(started.Step, 5) ? RunSubStatus.Faulted : RunSubStatus.Finished);
        }
        return null;
    }

    private static RunEvent.ChildReported Report(int step, string runId, RunSubStatus subStatus) =>
        new(step, runId, subStatus, new JsonObject { ["o"] = step }, subStatus == RunSubStatus.Suspended ? ["first"] : ["first", "second"]);

    // The same for every run of the flow: ids of children are not, since they name the attempt.
    private static bool Chance(int step, int one) => step * 7919 % one == 0;

    private StepResult Decide(RunState state, int step, int times)
    {
        var random = new Random((_seed * 397) ^ (step * 31) ^ times);
        var activity = state.ActivityOf(step);
        if (activity.Type == "Elsa.FlowDecision") return new StepResult { Outcomes = [random.Next(2) == 0 ? "True" : "False"] };
        if (activity.Type == "Elsa.While") return new StepResult { Outcomes = [times < 2 ? "True" : "False"] };
        if (activity.Type is "Elsa.ForEach" or "Elsa.ParallelForEach") return new StepResult { Inputs = new JsonObject { ["items"] = new JsonArray(1, 2, 3) } };
        if (activity.Type == "Elsa.If") return new StepResult { Outcomes = [random.Next(3) > 0 ? "True" : "False"] };
        if (activity.Type == "Elsa.For") return new StepResult { Inputs = new JsonObject { ["start"] = 3, ["end"] = 1, ["step"] = 1 } };
        if (activity.Type == "Elsa.Complete") return new StepResult { Outcomes = ["Done"], WorkflowOutputs = new JsonObject { ["Made"] = step } };
        if (activity.Type == "Elsa.PublishEvent") return new StepResult { Inputs = new JsonObject { ["eventName"] = "e", ["isLocalEvent"] = step % 2 == 0 } };
        if (activity.Type is "Elsa.ExecuteWorkflow" or "Elsa.DispatchWorkflow" or "Elsa.BulkDispatchWorkflows")
            return new StepResult { Inputs = new JsonObject { ["workflowDefinitionId"] = "child", ["items"] = new JsonArray(1, 2), ["waitForCompletion"] = random.Next(3) > 0 } };
        return random.Next(20) switch
        {
            0 => new StepResult { Fault = "random fault" },
            _ when activity.Type is "Elsa.HttpEndpoint" or "Elsa.Event" => new StepResult { Suspend = true, Inputs = new JsonObject { ["path"] = "/p", ["eventName"] = "e" } },
            1 or 2 => new StepResult { Suspend = true, Lines = [$"waits {step}"] },
            _ => new StepResult
            {
                Outputs = new JsonObject { ["result"] = step },
                Variables = new JsonObject { ["v"] = step },
                Lines = [$"line {step}"],
                Metrics = new Dictionary<string, double> { ["m"] = step },
            },
        };
    }

    private FlowDefinition Build()
    {
        var flow = new FlowBuilder("random").Variable("v");
        if (_random.Next(3) == 0) flow.Options["incidentStrategyType"] = "ContinueWithIncidentsStrategy";
        var count = _random.Next(3, 14);
        for (var i = 0; i < count; i++) flow.Add(Node($"n{i}", depth: 0));
        for (var i = 1; i < count; i++)
        {
            foreach (var source in Enumerable.Range(0, _random.Next(1, 3)).Select(_ => _random.Next(i)).Distinct()) flow.Wire($"n{source}", $"n{i}", Port());
        }
        if (_random.Next(3) == 0) flow.Wire($"n{count - 1}", $"n{_random.Next(count)}", "True");
        return flow.Build();
    }

    private string Port() => _random.Next(4) switch { 0 => "True", 1 => "False", _ => _random.Next(6) == 0 ? "Error" : "Done" };

    private JsonObject Node(string id, int depth)
    {
        var kind = _random.Next(depth > 1 ? 6 : 25);
        var node = Node(id, depth, kind);
        if (_random.Next(4) == 0) Policies(node);
        return node;
    }

    // Half of the loops tolerate faults or take few passes at once; others retry or go on.
    private void Policies(JsonObject node)
    {
        var custom = node["customProperties"] as JsonObject ?? [];
        if (node.Text("type") is "Elsa.ForEach" or "Elsa.ParallelForEach") (custom["maxParallel"], custom["minSuccessShare"]) = (_random.Next(1, 3), 0.5);
        else custom["faultPolicy"] = new JsonObject { ["retries"] = new JsonObject { ["count"] = _random.Next(3), ["delaySeconds"] = _random.Next(2), ["jitter"] = 0.5 }, ["continueOnError"] = _random.Next(2) == 0 };
        node["customProperties"] ??= custom;
    }

    private JsonObject Node(string id, int depth, int kind)
    {
        return kind switch
        {
            0 => FlowBuilder.Job(id),
            1 => FlowBuilder.Activity(id, "Elsa.FlowDecision"),
            2 => FlowBuilder.Activity(id, "Elsa.FlowJoin", ("mode", FlowInput.Literal("String", _random.Next(2) == 0 ? "WaitAny" : "WaitAll"))),
            6 => FlowBuilder.Sequence(id, Node(id + "a", depth + 1), Node(id + "b", depth + 1)),
            7 => FlowBuilder.Activity(id, "Elsa.ForEach", ("body", Node(id + "x", depth + 1))),
            8 => FlowBuilder.Activity(id, "Elsa.ParallelForEach", ("body", Node(id + "x", depth + 1))),
            9 => FlowBuilder.Activity(id, "Elsa.While", ("body", Node(id + "x", depth + 1))),
            12 => FlowBuilder.Activity(id, "Flows.TryCatch", ("body", Node(id + "b", depth + 1)), ("catch", Node(id + "c", depth + 1))),
            13 => FlowBuilder.Activity(id, "Flows.TryCatch", ("body", Node(id + "b", depth + 1)), ("finally", Node(id + "f", depth + 1))),
            14 => FlowBuilder.Activity(id, _random.Next(2) == 0 ? "Elsa.ExecuteWorkflow" : "Elsa.DispatchWorkflow"),
            15 => FlowBuilder.Activity(id, "Elsa.BulkDispatchWorkflows", ("childCompleted", Node(id + "c", depth + 1)), ("childFaulted", Node(id + "f", depth + 1))),
            16 => FlowBuilder.Activity(id, "Elsa.WriteHttpResponse"),
            18 => FlowBuilder.Activity(id, "Inner", ("workflowDefinitionId", "Inner")),
            19 => FlowBuilder.Activity(id, "Elsa.For", ("body", Node(id + "x", depth + 1))),
            20 => FlowBuilder.Activity(id, "Elsa.Fork", ("joinMode", _random.Next(2) == 0 ? "WaitAny" : "WaitAll"), ("branches", new JsonArray(Node(id + "a", depth + 1), Node(id + "b", depth + 1)))),
            21 => FlowBuilder.Activity(id, "Elsa.Parallel", ("activities", new JsonArray(Node(id + "a", depth + 1), Node(id + "b", depth + 1)))),
            22 => FlowBuilder.Activity(id, "Elsa.If", ("then", Node(id + "t", depth + 1)), ("else", Node(id + "e", depth + 1))),
            23 => FlowBuilder.Activity(id, "Elsa.PublishEvent"),
            24 => FlowBuilder.Activity(id, "Elsa.ForEach", ("body", FlowBuilder.Sequence(id + "s", Node(id + "x", depth + 1), FlowBuilder.Activity(id + "break", "Elsa.Break"), Node(id + "y", depth + 1)))),
            17 => FlowBuilder.Activity(id, _random.Next(2) == 0 ? "Elsa.HttpEndpoint" : "Elsa.Event"),
            10 when _random.Next(3) == 0 => FlowBuilder.Activity(id, "Elsa.End"),
            _ => FlowBuilder.Activity(id, "Test.Inline", ("customProperties", new JsonObject { ["mergeMode"] = new[] { "Stream", "Merge", "Converge", "Cascade", "Race" }[_random.Next(5)] })),
        };
    }
}
