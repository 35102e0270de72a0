using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Contract.Flows;
using Flows.Contract.Runs;
using Flows.Designer.Editing;

namespace Flows.Designer.Canvas;

/// <summary>One open editor without its page: draft, what is on the canvas, selection, problems, run states. Everything here works without a browser.</summary>
public sealed partial class EditorSession : IDisposable
{
    // Activities whose checks are over before anybody sees the canvas.
    private const int AtOnce = 300;
    private static readonly TimeSpan CheckPause = TimeSpan.FromMilliseconds(300);
    private readonly List<string> _scopes = [];
    private readonly TimeProvider? _time;
    private readonly ITimer? _checks;
    private FlowChecking? _checking;

    /// <param name="time">When given, checks wait until 300 ms after the last edit; else every edit is checked at once.</param>
    public EditorSession(FlowDefinition flow, IEnumerable<ActivityDescriptor> activities, TimeProvider? time = null)
    {
        _time = time;
        _checks = time?.CreateTimer(_ => _ = CheckAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Catalog = new ActivityCatalog(activities).Allowing(cSharp: null);
        Draft = new FlowDraft(flow);
        Draft.Changed += OnDraftChanged;
        if (flow.Root is { } root) _scopes.Add(root.Id);
        Graph = Scope is null ? CanvasGraph.Empty : CanvasGraph.Of(Scope, Catalog);
        Problems = _checks is null || Draft.Index.Count <= AtOnce ? FlowChecks.Of(flow, Catalog) : [];
        if (Draft.Index.Count > AtOnce) _checks?.Change(CheckPause, Timeout.InfiniteTimeSpan);
    }

    public ActivityCatalog Catalog { get; private set; }

    public FlowDraft Draft { get; }

    public CanvasGraph Graph { get; private set; }

    public Selection Selection { get; } = new();

    public IReadOnlyList<FlowProblem> Problems { get; private set; }

    /// <summary>Newest step of each activity in the run that is shown.</summary>
    public IReadOnlyDictionary<string, StepRecord> Steps { get; private set; } = new Dictionary<string, StepRecord>();

    /// <summary>Everybody else who has the flow open.</summary>
    public IReadOnlyList<Visitor> Others { get; private set; } = [];

    /// <summary>The last thing that happened, for the live region.</summary>
    public string Said { get; private set; } = "";

    /// <summary>Containers from the root to the one on the canvas.</summary>
    public IReadOnlyList<string> Scopes => _scopes;

    public FlowActivity? Scope => _scopes.Count == 0 ? null : Draft.Find(_scopes[^1]);

    public event Action? Changed;

    /// <summary>A part of a flow was pasted; files that it names lie with the flow that it is of.</summary>
    public event Action<JsonObject>? Pasted;

    public string? Apply(FlowEdit edit, string? said = null)
    {
        var refusal = Draft.Apply(edit);
        Say(refusal ?? said ?? edit.Says);
        return refusal;
    }

    public void Undo() => Say(Draft.Undo() is { } edit ? $"Undone: {edit.Says}" : "Nothing to undo");

    public void Redo() => Say(Draft.Redo() is { } edit ? $"Redone: {edit.Says}" : "Nothing to redo");

    public void Say(string text)
    {
        Said = text;
        Changed?.Invoke();
    }

    public void Select(IEnumerable<string> ids, bool add = false)
    {
        Selection.Set(ids, add);
        Say(Selection.Count switch
        {
            0 => "Nothing selected",
            1 => $"{Called(Selection.Nodes[0])} selected",
            _ => $"{Selection.Count} nodes selected",
        });
    }

    /// <summary>What a node is called on the canvas.</summary>
    public string TitleOf(FlowActivity activity) =>
        activity.Metadata.Text("displayText") is { Length: > 0 } text ? text : Catalog.Find(activity.Type)?.DisplayName ?? activity.Title;

    private string Called(string key) => Graph.Find(key)?.Title ?? Graph.Group(key)?.Title ?? Graph.Note(key)?.Title ?? "Node";

    public void ShowSteps(IReadOnlyDictionary<string, StepRecord> steps)
    {
        Steps = steps;
        Changed?.Invoke();
    }

    public void ShowOthers(IReadOnlyList<Visitor> others)
    {
        Others = others;
        Changed?.Invoke();
    }

    public void Enter(string id, string slot)
    {
        if (Draft.Find(id)?.Children().FirstOrDefault(child => child.Slot == slot).Activity is not { } body)
        {
            var fresh = Draft.Index.FreshId("Elsa.Flowchart");
            if (Apply(new FlowEdit.SetProperty(id, [slot], EmptyFlow.Flowchart(fresh))) is not null) return;
            body = Draft.Find(fresh)!;
        }
        Remember();
        GoTo([.. _scopes, body.Id]);
        Remember();
    }

    public void LeaveTo(int depth)
    {
        Remember();
        GoTo([.. _scopes.Take(depth + 1)]);
        Remember();
    }

    private void GoTo(IReadOnlyList<string> scopes)
    {
        _scopes.Clear();
        _scopes.AddRange(scopes);
        Selection.Clear();
        Graph = Scope is null ? CanvasGraph.Empty : CanvasGraph.Of(Scope, Catalog);
        CompareAgain();
        Say(_scopes.Count > 1 ? "Inside an embedded flowchart" : "At the outermost flowchart");
    }

    private void OnDraftChanged(DraftChange change)
    {
        while (_scopes.Count > 1 && Scope is null) _scopes.RemoveAt(_scopes.Count - 1);
        // Another flow in the place of this one may have another root.
        if (change.Touched is null && Scope is null && Draft.Flow.Root is { } root) _scopes[0] = root.Id;
        Graph = (change.OnlyMoved ? Graph.Moved(change.Touched!, Draft.Find) : null) ?? (Scope is null ? CanvasGraph.Empty : CanvasGraph.Of(Scope, Catalog, Graph, change.Touched));
        Selection.Keep(Graph);
        CompareAgain();
        if (_checks is null) Problems = FlowChecks.Of(Draft.Flow, Catalog);
        else
        {
            _checking = null;
            _checks.Change(CheckPause, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        _checking = null;
        _checks?.Dispose();
    }
}
