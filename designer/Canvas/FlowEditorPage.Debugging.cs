using System.Text.Json.Nodes;
using Flows.Contract.Runs;

namespace Flows.Designer.Canvas;

/// <summary>Runs as a person debugs: to a node, from a node, stopping before nodes, with pinned outputs.</summary>
public partial class FlowEditorPage
{
    private BreakpointMemory breakpoints = null!;
    private string? runTo;

    private async Task OpenBreakpointsAsync()
    {
        breakpoints = new BreakpointMemory(Js);
        session!.ShowBreakpoints(await breakpoints.OfAsync(DefinitionId));
        session.BreakpointsChanged += KeepBreakpoints;
    }

    private void KeepBreakpoints() => _ = InvokeAsync(() => TryAsync(async () =>
    {
        await breakpoints.KeepAsync(DefinitionId, session!.Breakpoints);
        if (IsRunning && watch?.Record is { Debug: not null } run) await Api.BreakAsync(run.Id, Breakpoints, Leaving);
    }));

    private async Task RunToAsync()
    {
        if (session!.Selection.Single is not { } id || session.Graph.Find(id) is null) session.Say("Select the node to run to.");
        else await RunAsync(to: id);
    }

    private async Task RunFromAsync()
    {
        if (session!.Selection.Single is not { } id || session.Graph.Find(id) is null) session.Say("Select the node to run from.");
        else if (watch?.Record is not { Status: RunStatus.Finished } before) session.Say(IsRunning ? "The run is still under way; stop it first." : "There is no run yet whose results could be kept: run the flow first.");
        else if (await saver!.SaveAsync()) await BeginAsync(() => Api.DebugFromAsync(before.Id, id, Debug(null), Leaving));
    }

    private IReadOnlyList<Breakpoint> Breakpoints => breakpoints.With(DefinitionId, session!.Breakpoints);

    private DebugRequest Debug(string? to) => new() { To = to, Breakpoints = Breakpoints };

    private Task<string> DebugAsync(JsonObject? inputs) => Api.DebugAsync(DefinitionId, inputs, Debug(runTo), Leaving);

    private async Task TogglePinAsync()
    {
        RunRecord? whole = null;
        if (watch?.Record is { } run) await TryAsync(async () => whole = await Api.RunAsync(run.Id, Leaving));
        session!.TogglePin(whole);
    }

    private Task SteerAsync(string how) => watch?.Record is { } run && IsRunning ? TryAsync(() => Api.SteerAsync(run.Id, how, null, Leaving)) : Task.CompletedTask;

    // A run to a node may take another way before it comes there.
    private string EndSaid(RunRecord run) => run switch
    {
        { SubStatus: RunSubStatus.Finished, Debug.To: { } to } when run.Steps.All(step => step.ActivityId != to) => $"The run ended before it came to {TitleOf(to)}: it took another way",
        { SubStatus: RunSubStatus.Finished, Debug.To: { } to } => $"The run came to {TitleOf(to)}",
        { SubStatus: RunSubStatus.Finished } => "The run finished",
        _ => $"The run ended: {run.SubStatus}",
    };

    private string TitleOf(string id) => session!.Draft.Find(id) is { } activity ? session.TitleOf(activity) : id;
}
