using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Engine.Expressions;

namespace Flows.Tests.Engine;

/// <summary>A host in memory: carries effects out at once, resumes bookmarks when told to, keeps every event.</summary>
public sealed class MemoryRun
{
    public static readonly ActivityCatalog Catalog = new ActivityCatalog(EngineActivities.Descriptors).Allowing(cSharp: true);

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Of a script nothing is asked here but what it gives: a machine that is busy with other tests may take its time.
    private static readonly ExpressionLimits Patient = new() { Time = TimeSpan.FromSeconds(60) };

    private readonly StepExecutor _executor;
    private readonly Queue<RunEffect> _open = new();

    public MemoryRun(FlowGraph graph, StepExecutor? executor = null, RunState? state = null)
    {
        _executor = executor ?? new StepExecutor(Catalog, TimeProvider.System, Patient);
        State = state ?? new RunState("run", graph);
    }

    public RunState State { get; }

    /// <summary>What a job gives, by activity id and attempt.</summary>
    public Func<string, int, StepResult> Job { get; init; } = (_, _) => new StepResult();

    public KeptResults? Kept { get; private set; }

    /// <summary>Finds the flows that steps start as runs of their own.</summary>
    public Func<string, int?, FlowDefinition?> Flows { get; init; } = (_, _) => null;

    /// <summary>Runs that this one started, and the steps that did.</summary>
    public List<(int Step, ChildRun Child, MemoryRun Run)> ChildRuns { get; } = [];

    public List<RunEvent> Events { get; } = [];

    public List<JournalEntry> Journal { get; } = [];

    public List<RunEffect> Effects { get; } = [];

    public IEnumerable<string> JournalLines => Journal.Select(entry => $"{entry.ActivityId}:{entry.Event}");

    /// <param name="job">See <see cref="Job"/>; with it, <c>runAsynchronously</c> alone makes a job.</param>
    public static MemoryRun Of(FlowDefinition flow, IReadOnlyCollection<FlowDefinition>? others = null, Func<string, int, StepResult>? job = null) =>
        job is null ? new(FlowGraph.Compile(flow, FlowGraph.ChildrenIn(others ?? []), Catalog)) { Flows = FlowGraph.ChildrenIn(others ?? []) } : new(FlowGraph.Compile(flow, FlowGraph.ChildrenIn(others ?? []))) { Job = job };

    public async Task<MemoryRun> BeginAsync(JsonObject? inputs = null, string? mode = null, string? trigger = null, DebugRequest? debug = null)
    {
        Happen(new RunEvent.Begun(inputs ?? [], mode, TriggerActivityId: trigger) { Debug = debug });
        await WorkAsync();
        return this;
    }

    /// <summary>Begins as a run that goes on from another one.</summary>
    public async Task<MemoryRun> GoOnAsync(MemoryRun before, string? from = null, DebugRequest? debug = null)
    {
        var begun = before.Events.OfType<RunEvent.Begun>().Single();
        Kept = new KeptResults(before.State.RunId, before.State.Graph, before.Events);
        Happen(begun with { ResumedFrom = before.State.RunId, RerunFrom = from, Debug = debug });
        await WorkAsync();
        return this;
    }

    /// <summary>Resumes bookmarks, by default the oldest, until there is none or the run is over; returns how many.</summary>
    public async Task<int> ResumeAllAsync(Func<IReadOnlyList<BookmarkRecord>, BookmarkRecord>? choose = null)
    {
        var resumes = 0;
        while (State.Status == RunStatus.Running && State.ToRecord().Bookmarks is { Count: > 0 } open && resumes < 1000)
        {
            resumes++;
            Happen(new RunEvent.BookmarkResumed((choose?.Invoke(open) ?? open[0]).Id));
            await WorkAsync();
        }
        return resumes;
    }

    /// <summary>Carries out what is open until nothing is.</summary>
    public async Task WorkAsync()
    {
        while (_open.TryDequeue(out var effect)) await CarryOutAsync(effect);
    }

    /// <summary>Takes the run over as a new owner would.</summary>
    public async Task TakeOverAsync()
    {
        _open.Clear();
        foreach (var effect in State.Pending()) _open.Enqueue(effect);
        await WorkAsync();
    }

    /// <summary>The record of a run that was rebuilt from this one's journal, as it is stored.</summary>
    public RunRecord Replayed()
    {
        var state = new RunState(State.RunId, State.Graph);
        foreach (var happened in Events)
        {
            state.Apply(JsonSerializer.Deserialize<RunEvent>(JsonSerializer.Serialize(happened, ContractJson.Options), ContractJson.Options)!);
        }
        return state.ToRecord();
    }

    public void Happen(RunEvent happened)
    {
        happened = happened with { At = Start.AddMilliseconds(Events.Count) };
        Events.Add(happened);
        var decision = State.Apply(happened);
        Journal.AddRange(decision.Journal);
        Effects.AddRange(decision.Effects);
        foreach (var effect in decision.Effects) _open.Enqueue(effect);
    }

    private async Task CarryOutAsync(RunEffect effect)
    {
        if (effect is RunEffect.Execute execute)
        {
            var result = PinOf(execute.Step) ?? Kept?.For(State, execute.Step, InputsOf(execute.Step))
                ?? await _executor.ExecuteAsync(State, execute.Step, inputs => Context(inputs, execute.Step), default);
            Happen(new RunEvent.StepEnded(execute.Step, execute.Attempt, Kept?.Compared(State, execute.Step, result) ?? result));
        }
        else if (effect is RunEffect.StartChild start) await StartAsync(start);
        else if (effect is RunEffect.Publish publish) Happen(new RunEvent.EventDelivered(publish.Step));
        else if (effect is RunEffect.Dispatch dispatch)
        {
            if (PinOf(dispatch.Step) is { } pinned)
            {
                Happen(new RunEvent.StepEnded(dispatch.Step, dispatch.Attempt, pinned));
                return;
            }
            var inputs = _executor.EvaluateInputs(State, dispatch.Step);
            if (Kept?.For(State, dispatch.Step, inputs) is { } kept)
            {
                Happen(new RunEvent.StepEnded(dispatch.Step, dispatch.Attempt, kept));
                return;
            }
            Happen(new RunEvent.StepBegun(dispatch.Step, dispatch.Attempt, "runner"));
            Happen(new RunEvent.StepEnded(dispatch.Step, dispatch.Attempt, Job(State.ActivityOf(dispatch.Step).Id, dispatch.Attempt) with { Inputs = inputs }));
        }
    }

    private async Task StartAsync(RunEffect.StartChild start)
    {
        if (Flows(start.Child.DefinitionId, null) is not { } flow)
        {
            Happen(new RunEvent.ChildStarted(start.Step, start.Child.RunId, $"There is no published flow '{start.Child.DefinitionId}'."));
            return;
        }
        var run = new MemoryRun(FlowGraph.Compile(flow, Flows, Catalog)) { Flows = Flows };
        ChildRuns.Add((start.Step, start.Child, run));
        Happen(new RunEvent.ChildStarted(start.Step, start.Child.RunId));
        run.Happen(new RunEvent.Begun((JsonObject)start.Child.Input.DeepClone(), CorrelationId: start.Child.CorrelationId) { Debug = start.Child.Debug });
        await run.WorkAsync();
        if (start.Child.Report == ChildReport.Settled || start.Child.Report == ChildReport.Ended && run.State.Status == RunStatus.Finished) Report(start.Step, start.Child, run);
    }

    /// <summary>Resumes what children wait for until they are over, and lets them say so.</summary>
    public async Task EndChildrenAsync()
    {
        foreach (var (step, child, run) in ChildRuns.ToList())
        {
            await run.ResumeAllAsync();
            if (child.Report != ChildReport.Never) Report(step, child, run);
        }
        await WorkAsync();
    }

    private void Report(int step, ChildRun child, MemoryRun run)
    {
        var record = run.State.ToRecord();
        Happen(new RunEvent.ChildReported(step, child.RunId, record.SubStatus, record.Output, record.Lines));
    }

    /// <summary>Steps that stopped before they began.</summary>
    public IEnumerable<string> Halted => State.ToRecord().Bookmarks.Where(bookmark => bookmark.Halt is not null).Select(bookmark => bookmark.ActivityId);

    public async Task SteerAsync(RunEvent.Steered steered)
    {
        Happen(steered);
        await WorkAsync();
    }

    private StepResult? PinOf(int step) => State.PinOf(step) is { } pinned ? Kept?.Pinned(State, step, pinned) ?? pinned : null;

    private JsonObject? InputsOf(int step)
    {
        try { return _executor.EvaluateInputs(State, step); }
        catch (ActivityFault) { return null; }
    }

    private ActivityContext Context(JsonObject inputs, int step) => new()
    {
        RunId = State.RunId,
        StepId = State.Step(step).StepId,
        ActivityId = State.ActivityOf(step).Id,
        ProjectId = "default",
        DefinitionId = "flow",
        Activity = State.ActivityOf(step).Json,
        Inputs = inputs,
        WorkFolder = "",
        Artifacts = null!,
        Files = null!,
        DataSets = null!,
        Models = null!,
        Deployments = null!,
        Log = null!,
    };
}
