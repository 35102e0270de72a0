using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine.Graph;
using Flows.Engine.Run;

namespace Flows.Engine;

/// <summary>The state of one run: mutated only by <see cref="Apply"/>, by one owner. No clock, no I/O, deterministic.</summary>
public sealed partial class RunState
{
    private readonly List<Step> _steps = [];
    private readonly Queue<Work> _queue = new();
    private readonly Queue<Step> _again = new();
    private readonly List<Incident> _incidents = [];
    private readonly List<string> _lines = [];
    private readonly SortedDictionary<int, (BookmarkRecord Record, Step Step)> _bookmarks = [];
    private readonly Dictionary<Node, int> _bookmarked = [];
    private readonly bool _continues;

    private List<RunEffect> _effects = [];
    private List<JournalEntry> _journal = [];
    private RunEvent.Begun? _begun;
    private DateTimeOffset _now;
    private Step? _executing;
    private Step? _trigger;
    private long _seq;
    private int _bookmarkCount;
    private int _incomplete;
    private int _dispatched;
    private int _turns;
    private bool _faulted;

    public RunState(string runId, FlowGraph graph)
    {
        (RunId, Graph) = (runId, graph);
        _continues = graph.Definition.Options.Text("incidentStrategyType")?.Contains("ContinueWithIncidents", StringComparison.Ordinal) == true;
    }

    public string RunId { get; }

    public FlowGraph Graph { get; }

    public RunStatus Status => SubStatus is RunSubStatus.Finished or RunSubStatus.Faulted or RunSubStatus.Cancelled ? RunStatus.Finished : RunStatus.Running;

    public RunSubStatus SubStatus { get; private set; } = RunSubStatus.Pending;

    internal bool TokenMode { get; private set; }

    internal JsonObject Inputs => _begun?.Inputs ?? [];

    internal JsonObject Output { get; } = [];

    internal string? CorrelationId { get; private set; }

    /// <summary>The run's correlation id as it is now.</summary>
    public string? Correlation => CorrelationId;

    internal string? Name { get; private set; }

    internal JsonNode? TriggerInput => _begun?.TriggerInput;

    /// <summary>The run was started by this very step; the activity may come again later, and waits then.</summary>
    internal bool IsTrigger(Step step) => step == _trigger;

    internal Step StepAt(int step) => _steps[step];

    /// <summary>Takes one event and says what follows. An event that no longer fits (late result, unknown bookmark) leads to nothing.</summary>
    public Decision Apply(RunEvent happened)
    {
        (_effects, _journal) = ([], []);
        if (Status == RunStatus.Finished) return new Decision(_effects, _journal);

        _now = happened.At;
        switch (happened)
        {
            case RunEvent.Begun begun: Begin(begun); break;
            case RunEvent.StepBegun begun: StepBegun(begun); break;
            case RunEvent.StepEnded ended: StepEnded(ended); break;
            case RunEvent.BookmarkResumed resumed: Resume(resumed); break;
            case RunEvent.EventDelivered delivered: Delivered(delivered); break;
            case RunEvent.ChildStarted started: ChildStarted(started); break;
            case RunEvent.ChildReported reported: ChildReported(reported); break;
            case RunEvent.CancelRequested: CancelAll(); break;
            case RunEvent.OwnerChanged: Succeed(); break;
            case RunEvent.Steered steered: Steer(steered); break;
        }
        return new Decision(_effects, _journal);
    }

    /// <summary>The activity that a step executes.</summary>
    public FlowActivity ActivityOf(int step) => _steps[step].Node.Activity;

    private void Begin(RunEvent.Begun begun)
    {
        if (_begun is not null) return;
        _begun = begun;
        CorrelationId = begun.CorrelationId;
        TokenMode = (begun.Mode ?? ModeOf(Graph.Definition))?.Contains("token", StringComparison.OrdinalIgnoreCase) == true;
        SubStatus = RunSubStatus.Executing;
        if (begun.Debug is { } debug) _debugging = new Debugging(debug, Graph.Definition.DefinitionId);
        Start(new Work(Graph.Root, null!));
        Pump();
    }

    private static string? ModeOf(FlowDefinition definition) => definition.CustomProperties.Text("Flowchart:ExecutionMode")
        ?? definition.Root?.CustomProperties.Text("Flowchart:ExecutionMode");

    private void StepBegun(RunEvent.StepBegun begun)
    {
        if (begun.Step >= _steps.Count || _steps[begun.Step] is not { IsRunning: true, Node.Behaviour: Behaviour.Dispatch } step) return;
        if (begun.Attempt < step.Attempt) return;
        (step.Attempt, step.Runner, step.Successions) = (begun.Attempt, begun.Runner, 0);
        step.Inputs ??= begun.Inputs;
        MarkStarted(step);
    }

    private void StepEnded(RunEvent.StepEnded ended)
    {
        if (!Accepts(ended)) return;
        var step = _steps[ended.Step];
        (step.Attempt, step.Successions) = (ended.Attempt, 0);
        if (step == _executing) _executing = null;
        else _dispatched--;
        MarkStarted(step);
        Invoke(step, () => Absorb(step, ended.Result));
        Pump();
    }

    /// <summary>Whether a result is awaited and comes from an attempt that still counts.</summary>
    public bool Accepts(RunEvent.StepEnded ended) => Status == RunStatus.Running
        && ended.Step < _steps.Count && _steps[ended.Step] is { } step && ended.Attempt >= step.Attempt && Awaits(step);

    /// <summary>Whether a job is still to be done, and in no later attempt.</summary>
    public bool IsOpen(RunEffect.Dispatch dispatch) => Status == RunStatus.Running && _steps[dispatch.Step] is { } step && Awaits(step) && dispatch.Attempt >= step.Attempt;

    private bool Awaits(Step step) => step == _executing
        || (step.Node.Behaviour == Behaviour.Dispatch && !step.IsAnswered && step.Status is StepStatus.Queued or StepStatus.Running);

    private void Resume(RunEvent.BookmarkResumed resumed)
    {
        if (FindBookmark(resumed.BookmarkId) is not { } step || Asks(step) && !IsAnswer(step, resumed.Input)) return;
        SubStatus = RunSubStatus.Executing;
        _queue.Enqueue(new Work(step.Node, step.Parent!, Resumes: step, Input: resumed.Input));
        Pump();
    }

    /// <summary>Runs what waits until something has to be carried out or nothing is left.</summary>
    private void Pump()
    {
        while (_executing is null)
        {
            if (_again.TryDequeue(out var again))
            {
                if (again.IsRunning) Execute(again);
            }
            else if (_queue.TryDequeue(out var work)) Start(work);
            else break;
        }
        if (_executing is null) Settle();
    }

    private void Settle()
    {
        if (_dispatched > 0 || _publishing.Count > 0 || _parenting.Count > 0) return;
        if (_faulted && _retrying > 0) SubStatus = RunSubStatus.Suspended;
        else SubStatus = _faulted ? RunSubStatus.Faulted : _incomplete == 0 ? RunSubStatus.Finished : RunSubStatus.Suspended;
        if (SubStatus != RunSubStatus.Suspended) End();
    }

    private void End()
    {
        _bookmarks.Clear();
        _found.Clear();
        _came.Clear();
        _finishedAt = _now;
        foreach (var step in _steps.Where(step => step.IsRunning)) Touch(step);
        _effects.Add(new RunEffect.End(SubStatus));
    }
}
