using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Checks;
using Flows.Contract.Diff;
using Flows.Designer.Api;
using Flows.Designer.Editing;
using Flows.Designer.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.JSInterop;

namespace Flows.Designer.Canvas;

/// <summary>The editor of one flow: loads it, hands it to a session, answers what canvas and toolbar ask for.</summary>
public partial class FlowEditorPage
{
    private EditorSession? session;
    private DraftSaver? saver;
    private UnsavedDrafts? unsaved;
    private CanvasRequests requests = null!;
    private FlowCanvas? canvas;
    private bool showsKeys;
    private bool showsCode;
    private bool asksMerge;
    private bool isLate;

    [Parameter] public string DefinitionId { get; set; } = "";

    [Inject] private TimeProvider Time { get; set; } = null!;

    [Inject] private IJSRuntime Js { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    [Inject] private Visit Visit { get; set; } = null!;

    internal FlowCanvas? Canvas => canvas;

    private string Who => Visit.Me?.Name ?? "";

    protected override async Task LoadAsync(CancellationToken cancellation)
    {
        // Fetched while the flow is.
        _ = Js.InvokeAsync<IJSObjectReference>("import", cancellation, "./js/canvas.js");
        requests ??= new CanvasRequests(OpenQuickAdd, command => _ = InvokeAsync(() => DoAsync(command)), port => _ = InvokeAsync(() => ShowPreviewAsync(port)), OpenMenu);
        // Also called when a lost server is back: the draft in hand is then newer than the server's.
        if (session is not null && session.Draft.Flow.DefinitionId == DefinitionId)
        {
            if (saver!.State != SaveState.Saved) await saver.SaveAsync();
            return;
        }
        var activities = Api.ActivitiesAsync(cancellation);
        var loaded = await Api.FlowAsync(DefinitionId, null, cancellation);
        var known = await activities;
        await OpenAsync(loaded, known);
        await OpenBreakpointsAsync();
        await OpenGuideAsync();
        await ShowLastRunAsync(cancellation);
        WatchTriggers();
    }

    private async Task OpenAsync(LoadedFlow loaded, IEnumerable<ActivityDescriptor> activities)
    {
        var kept = await UnsavedDrafts.TakeAsync(Js, Who, DefinitionId);
        Close();
        // The draft goes on from where it began; saving it merges what others did since.
        if (kept is { Edit: not null, Loaded: { } before }) loaded = before;
        session = new EditorSession(loaded.Definition, activities, Time);
        saver = new DraftSaver(session.Draft, Api, Time, loaded);
        saver.Merged += OnMerged;
        saver.Start();
        unsaved = new UnsavedDrafts(Js, saver, Who);
        await unsaved.GuardAsync();
        if (kept is { Edit: { } edit, Loaded: not null }) session.Apply(edit);
        panelOpen = session.Problems.Any(problem => problem.Level == ProblemLevel.Error);
        session.Changed += Refresh;
        session.Rested += CatchUp;
        var held = session;
        saver.Waits = () => held.IsHeld;
        session.Pasted += TakeFiles;
        saver.Changed += Refresh;
        BeginPresence();
    }

    private async Task DoAsync(string command)
    {
        if (!EditorCommands.Do(session!, command)) await DoHereAsync(command);
        StateHasChanged();
    }

    private async Task DoHereAsync(string command)
    {
        switch (command)
        {
            case "layout": await canvas!.SettleAsync(); session!.LayOut(); await canvas.FitAsync(); break;
            case "fit": await canvas!.FitAsync(); break;
            case "save": await saver!.SaveAsync(); break;
            case "publish": await PublishAsync(); break;
            case "run": await RunAsync(); break;
            case "stop": await StopAsync(); break;
            case "run-to": await RunToAsync(); break;
            case "run-from": await RunFromAsync(); break;
            case "extract": await ExtractAsync(); break;
            case "inline": await InlineAsync(); break;
            case "pin": await TogglePinAsync(); break;
            case "step" or "continue" or "pause": await SteerAsync(command); break;
            case "export": await ExportAsync(); break;
            case "share": await ShareAsync(); break;
            case "guide": await BeginGuideAsync(); break;
            case "inspect": await FocusAsync(".inspector input:not(.title-box), .inspector textarea, .inspector select"); break;
            case "rename": await FocusAsync("#node-title"); break;
            case "next-region": await FocusAsync(".inspector input"); break;
            case "connect": OpenConnect(); break;
            case "wire": OpenWires(); break;
            case "preview": OpenPorts(); break;
            case "zoom-in": await canvas!.ZoomAsync(1.25); break;
            case "zoom-out": await canvas!.ZoomAsync(0.8); break;
            case "keys": showsKeys = true; break;
            case "add": AddAfterSelected(); break;
            case "find": OpenFind(); break;
            case "commands": OpenCommands(); break;
            case "menu": OpenMenuByKey(); break;
            case "splice": SpliceChosen(); break;
            case "enter": EnterChosen(); break;
            case "fit-selection": await canvas!.FitAsync(session!.Selection.Count > 0 ? session.Selection.Nodes : null); break;
            case "copy": await ModuleAsync("copy", session!.Copy()); break;
            case "link": await CopyLinkAsync(); break;
            case "note": AddNote(); break;
            case "back": session!.GoBack(); await RevealChosenAsync(); break;
            case "forward": session!.GoForward(); await RevealChosenAsync(); break;
            case "code": showsCode = !showsCode; break;
            case "history": ShowPanel("history"); break;
        }
    }

    private async Task PublishAsync()
    {
        if (!await saver!.SaveAsync()) return;
        if (await TryAsync(async () => await Api.PublishFlowAsync(DefinitionId, Leaving))) Toasts.Success("Published", "Triggers and the API run this version from now on.");
        else ShowPanel("problems");
        await LookAtTriggersAsync();
    }

    private async Task ExportAsync()
    {
        if (await saver!.SaveAsync()) await ModuleAsync("download", FlowsApi.ExportPath(DefinitionId));
    }

    private async Task ShareAsync()
    {
        if (await saver!.SaveAsync()) Navigation.NavigateTo($"library?share={Uri.EscapeDataString(DefinitionId)}");
    }

    private async Task ImportAsync(InputFileChangeEventArgs chosen) => await TryAsync(async () =>
    {
        using var bytes = new MemoryStream();
        await chosen.File.OpenReadStream(128L * 1024 * 1024, Leaving).CopyToAsync(bytes, Leaving);
        var saved = await Api.ImportAsync(bytes.ToArray(), chosen.File.Name, Leaving);
        Toasts.Success("Imported");
        session = saved[0].DefinitionId == DefinitionId ? null : session;
        Navigation.NavigateTo($"flows/{saved[0].DefinitionId}");
        if (session is null) await ReloadAsync();
    });

    private async Task UploadAsync((string Field, IBrowserFile File) upload)
    {
        if (session!.Selection.Single is not { } id) return;
        await TryAsync(async () =>
        {
            using var body = new StreamContent(upload.File.OpenReadStream(512L * 1024 * 1024, Leaving));
            await Api.PutFileAsync(DefinitionId, upload.File.Name, body, Leaving);
            session.Apply(new FlowEdit.SetInput(id, upload.Field, Flows.Contract.Definitions.FlowInput.Literal("String", upload.File.Name)), $"Uploaded {upload.File.Name}");
        });
    }

    private void TakeFiles(JsonObject pasted) => _ = InvokeAsync(() => TryAsync(async () =>
    {
        if (await CopiedFiles.TakeAsync(Api, pasted, DefinitionId, Leaving) is { Count: > 0 } files) Toasts.Info("Files came along", string.Join(", ", files));
    }));

    private void OnMerged(IReadOnlyList<FlowChange> changes)
    {
        asksMerge = false;
        var said = changes.Where(ChangeWords.IsWorthTelling).Take(3).Select(change => ChangeWords.Tell(change, id => session!.Draft.Find(id) is { } node ? session.TitleOf(node) : id));
        Toasts.Info("Somebody else changed this flow; it is merged in.", string.Join(" ", said));
    }

    private async Task DecideAsync(Func<MergeConflict, MergeSide> choose)
    {
        asksMerge = false;
        await saver!.DecideAsync(choose);
    }

    private async Task KeepCopyAsync() => await TryAsync(async () =>
    {
        var created = await Api.CreateFlowAsync(session!.Draft.Flow.Name + " (mine)", Leaving);
        var copy = session.Draft.Flow.Clone();
        copy.Json["definitionId"] = created.DefinitionId;
        copy.Json["name"] = session.Draft.Flow.Name + " (mine)";
        copy.Json.Remove("id");
        await Api.SaveFlowAsync(copy, null, Leaving);
        unsaved!.LetGo();
        Navigation.NavigateTo($"flows/{created.DefinitionId}");
    });

    private async Task GoToAsync(string id)
    {
        session!.GoTo(id);
        StateHasChanged();
        if (canvas is not null) await canvas.RevealAsync(id);
    }

    private string ScopeName(int depth) => depth == 0 ? session!.Draft.Flow.Name
        : session!.Draft.Index.ParentOf(session.Scopes[depth]) is { } owner ? $"{owner.Title} · {session.Draft.Index.SlotOf(session.Scopes[depth])}" : "Body";

    private async Task FocusAsync(string selector) => await ModuleAsync("focusOn", selector);

    private async Task ModuleAsync(string function, string argument)
    {
        var module = await Js.InvokeAsync<IJSObjectReference>("import", "./js/page.js");
        await module.InvokeVoidAsync(function, argument);
    }

    // What stands around the canvas need not follow a hand.
    private void Refresh()
    {
        isLate = session is { IsHeld: true };
        if (!isLate) _ = InvokeAsync(StateHasChanged);
    }

    private void CatchUp()
    {
        if (isLate) Refresh();
    }

    private void Close()
    {
        EndPresence();
        if (session is not null)
        {
            session.Changed -= Refresh;
            session.Rested -= CatchUp;
            session.Dispose();
        }
        if (unsaved is not null) _ = unsaved.DisposeAsync();
        unsaved = null;
    }

    protected override void Dispose(bool disposing)
    {
        Close();
        ticker?.Dispose();
        triggerClock?.Dispose();
        _ = CloseStreamAsync();
    }
}
