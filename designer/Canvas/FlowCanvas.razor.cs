using System.Globalization;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Checks;
using Flows.Contract.Runs;
using Flows.Designer.Controls;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Flows.Designer.Canvas;

/// <summary>Draws what is near the viewport and turns gestures of <c>canvas.js</c> into edits.</summary>
public sealed partial class FlowCanvas : IHandleEvent, IAsyncDisposable
{
    private static readonly (string Type, string Name)[] Starters = [("Flows.FileSource", "File"), ("Flows.PythonScript", "Python script"), ("Elsa.Start", "Start")];
    private const int Glides = 300;
    private IReadOnlyList<CanvasNode> nodes = [];
    private IReadOnlyList<CanvasWire> wires = [];
    private IReadOnlyList<CanvasNote> notes = [];
    private IReadOnlyList<FlowProblem>? problems;
    private Dictionary<string, FlowProblem> worst = [];
    private Viewport seen = Viewport.Start;
    private Viewport drawn = Viewport.Start.Grown;
    private ElementReference frame;
    private ElementReference sheet;
    private DotNetObjectReference<CanvasGestures>? gestures;
    private IJSObjectReference? module;
    private IJSObjectReference? live;
    private EditorSession? shown;
    private bool asked;
    private bool looked;
    private bool glides;

    [Inject] private IJSRuntime Js { get; set; } = null!;

    [Inject] private TimeProvider Time { get; set; } = null!;

    [Parameter, EditorRequired] public EditorSession Session { get; set; } = null!;

    /// <summary>What the canvas itself cannot do: open the quick add, the inspector, a preview.</summary>
    [Parameter, EditorRequired] public CanvasRequests Requests { get; set; } = null!;

    /// <summary>The canvas is there and shows its beginning.</summary>
    [Parameter] public Func<Task>? Opened { get; set; }

    public Viewport Seen => seen;

    public ValueTask FocusAsync() => frame.FocusAsync();

    public async Task FitAsync(IReadOnlyCollection<string>? ids = null)
    {
        var (x, y, width, height) = Session.Graph.Bounds(ids);
        if (live is not null) await live.InvokeVoidAsync("fit", x, y, width, height);
    }

    /// <summary>Around the middle of what is seen.</summary>
    public async Task ZoomAsync(double factor)
    {
        if (live is not null) await live.InvokeVoidAsync("zoom", factor);
    }

    /// <summary>What moves by the next edit glides there, where that many nodes can be moved smoothly.</summary>
    public async Task SettleAsync()
    {
        if (live is null || far is not null || Session.Graph.Shown.Count > Glides) return;
        // Also what comes into sight only by moving has to be there before it does.
        glides = true;
        Refresh();
        // In an event's handler it is drawn when that gives way.
        await Task.Yield();
        await live.InvokeVoidAsync("settle");
    }

    public async Task RevealAsync(string id)
    {
        if (live is null || !Session.Graph.Has(id)) return;
        var (x, y, width, height) = Session.Graph.Bounds([id]);
        await live.InvokeVoidAsync("reveal", x, y, width, height);
    }

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(shown, Session)) return;
        if (shown is not null) shown.Changed -= Refresh;
        shown = Session;
        Session.Changed += Refresh;
        asked = true;
        Cull();
    }

    // The page around it renders for many reasons; the canvas only for its own.
    protected override bool ShouldRender()
    {
        var asks = asked;
        asked = false;
        return asks;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        module = await Js.InvokeAsync<IJSObjectReference>("import", "./js/canvas.js");
        gestures = DotNetObjectReference.Create(new CanvasGestures(this));
        live = await module.InvokeAsync<IJSObjectReference>("mount", frame, sheet, gestures);
        await OpenAsync();
        if (Opened is not null) await Opened();
    }

    // Whole when it can be read whole, else from its beginning.
    private async Task OpenAsync()
    {
        var (x, y, width, height) = Session.Graph.Bounds();
        var first = Session.Graph.Nodes.MinBy(node => (node.X, node.Y));
        if (live is not null) await live.InvokeVoidAsync("open", x, y, width, height, first?.X ?? x, first?.Y ?? y);
    }

    internal void Look(Viewport viewport)
    {
        var (detail, first) = (seen.Detail, !looked);
        (seen, looked, glides) = (viewport, true, false);
        if (first || detail != viewport.Detail || !Culling.Covers(drawn, viewport)) Refresh();
    }

    internal void Refresh()
    {
        Cull();
        asked = true;
        StateHasChanged();
    }

    internal IReadOnlyList<CanvasNode> Drawn => nodes;

    // Gestures render what they changed; the default would draw everything after every event.
    Task IHandleEvent.HandleEventAsync(EventCallbackWorkItem callback, object? argument) => callback.InvokeAsync(argument);

    private void Cull()
    {
        // Before it is known what is seen, anything drawn would be drawn for nothing, and no hand could take it yet.
        if (!looked) return;
        // A pan inside what is drawn already draws nothing.
        if (!Culling.Covers(drawn, seen)) drawn = seen.Grown;
        notes = Culling.Notes(Session.Graph, drawn);
        LookAtProblems();
        if (seen.Detail == Detail.Box) DrawFar();
        else DrawNear();
    }

    private void DrawNear()
    {
        (far, crowd) = (null, null);
        nodes = Culling.Nodes(Session.Graph, drawn, IsCrowd(Session.Selection.Count) ? LastChosen : Session.Selection.Chosen);
        wires = Culling.Wires(Session.Graph, drawn);
        if (glides) (nodes, wires) = ([.. Session.Graph.Shown], Session.Graph.ShownWires);
    }

    private void LookAtProblems()
    {
        if (ReferenceEquals(problems, Session.Problems)) return;
        (problems, worst) = (Session.Problems, []);
        foreach (var problem in problems.Where(problem => problem.ActivityId is not null))
            if (!worst.TryGetValue(problem.ActivityId!, out var there) || there.Level < problem.Level) worst[problem.ActivityId!] = problem;
    }

    private void AddStarter(ActivityDescriptor starter)
    {
        var (x, y) = Session.PlaceAfter(null, seen);
        Session.Add(starter, x, y);
    }

    private string Flowing(CanvasWire wire) => Session.Steps.GetValueOrDefault(wire.Source)?.Status switch
    {
        StepStatus.Completed when Session.Steps.GetValueOrDefault(wire.Target)?.Status == StepStatus.Running => "flowing",
        StepStatus.Completed => "passed",
        _ => "",
    };

    private string? Rows(CanvasWire wire)
    {
        if (wire.Kind != WireKind.Data || Session.Steps.GetValueOrDefault(wire.Source)?.Outputs?[wire.SourcePort] is not { } value) return null;
        return Artifact.From(value) is { } artifact ? artifact.Rows is { } rows ? Say.Count(rows, "row") : Say.Size(artifact.Size) : null;
    }

    private string? Elapsed(StepRecord? step) =>
        step is { Status: StepStatus.Running, StartedAt: { } since } ? Math.Floor((Time.GetUtcNow() - since).TotalSeconds).ToString(CultureInfo.InvariantCulture) + " s" : null;

    public async ValueTask DisposeAsync()
    {
        if (shown is not null) shown.Changed -= Refresh;
        if (live is not null) await live.InvokeVoidAsync("dispose");
        gestures?.Dispose();
    }
}

/// <summary>What the canvas asks of the page around it.</summary>
/// <param name="QuickAdd">Canvas place, place on the screen, and the port a wire was dragged from.</param>
/// <param name="Command">Name of a command of the editor, such as <c>rename</c>.</param>
/// <param name="Preview">Key of an output port.</param>
/// <param name="Menu">What can be done with the selection, at a place.</param>
public sealed record CanvasRequests(Action<QuickAddPlace> QuickAdd, Action<string> Command, Action<string> Preview, Action<QuickAddPlace> Menu);

/// <param name="ScreenX">Pixels from the canvas's left edge.</param>
public sealed record QuickAddPlace(double X, double Y, double ScreenX, double ScreenY, string? FromPort, string? After)
{
    /// <summary>Key of a wire that the new node is put into.</summary>
    public string? Wire { get; init; }
}
