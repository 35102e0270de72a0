using System.Text.Json.Nodes;
using Flows.Contract.Artifacts;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Designer.Api;
using Flows.Designer.Runs;
using Microsoft.AspNetCore.Components;

namespace Flows.Designer.Canvas;

/// <summary>Runs the draft and shows it live.</summary>
public partial class FlowEditorPage
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private RunWatch? watch;
    private EventStream? stream;
    private ITimer? ticker;
    private PortPreview? preview;
    private string panel = "problems";
    private bool panelOpen;
    private bool asksInputs;

    [Inject] private EventStreams Streams { get; set; } = null!;

    private bool IsRunning => watch is { HasEnded: false };

    private async Task RunAsync(string? to = null)
    {
        if (IsRunning) return;
        runTo = to;
        if (session!.Draft.Flow.Inputs.Count > 0) asksInputs = true;
        else await StartAsync(null);
    }

    private async Task StartAsync(JsonObject? inputs)
    {
        asksInputs = false;
        if (await saver!.SaveAsync()) await BeginAsync(() => DebugAsync(inputs));
    }

    private async Task BeginAsync(Func<Task<string>> start)
    {
        var started = await TryAsync(async () => await WatchAsync(await start()));
        ShowPanel(started ? "logs" : "problems");
        session!.Say(started ? "The run started" : "The run did not start");
    }

    private Task StopAsync() => watch?.Record is { } run ? TryAsync(() => Api.CancelRunAsync(run.Id, Leaving)) : Task.CompletedTask;

    private async Task WatchAsync(string runId)
    {
        await CloseStreamAsync();
        watch = new RunWatch();
        watch.Take(await Api.RunAsync(runId, Leaving));
        Show();
        ticker ??= Time.CreateTimer(_ => canvas?.Refresh(), null, Tick, Tick);
        stream = await Streams.OpenAsync(FlowsApi.EventsPath(runId, watch.LastLog), RunWatch.EventNames, ReceiveAsync);
    }

    private async Task ReceiveAsync(IReadOnlyList<StreamEvent> events)
    {
        foreach (var happened in events) watch!.Apply(happened);
        if (watch!.HasEnded) await EndAsync();
        Show();
    }

    private async Task EndAsync()
    {
        ticker?.Dispose();
        ticker = null;
        if (watch?.Record is not { } run) return;
        await TryAsync(async () => watch.Take(await Api.RunAsync(run.Id, Leaving)));
        session!.Say(EndSaid(watch.Record!));
    }

    private void Show()
    {
        var stood = session!.Halted.Count;
        session.ShowSteps(watch!.LatestByActivity());
        if (session.Halted is [var first, ..] && stood == 0) session.Say($"The run stopped before {TitleOf(first.ActivityId)}");
        StateHasChanged();
    }

    private async Task ShowLastRunAsync(CancellationToken cancellation)
    {
        watch = null;
        try
        {
            if ((await Api.RunsAsync(DefinitionId, limit: 1, cancellation: cancellation)) is not [var last, ..]) return;
            await WatchAsync(last.Id);
            if (watch is not null) watch.AddLogs(await Api.LogsAsync(last.Id, cancellation: cancellation));
        }
        // The flow itself loaded; without its last run one can still edit.
        catch (ApiProblem) { session!.Say("The last run could not be loaded"); }
    }

    private async Task ShowPreviewAsync(string port)
    {
        if (session!.Port(port) is not { Port.IsData: true } at) return;
        var value = await ValueAsync(at.Node, at.Port);
        preview = new PortPreview($"{session.Graph.Find(at.Node)!.Title} · {at.Port.Label}", Artifact.From(value), value);
        ShowPanel("preview");
        session.Select([at.Node]);
        StateHasChanged();
        // The panel may lie over it now.
        if (canvas is not null) await canvas.RevealAsync(at.Node);
    }

    // What events told of a run may be cut; the server has it as it is.
    private async Task<JsonNode?> ValueAsync(string node, CanvasPort port)
    {
        if (watch?.Record is not { } run) return null;
        try
        {
            var value = await Api.PortAsync(run.Id, node, port.Name, port.IsInput ? "input" : "output", Leaving);
            return value.Value ?? value.Text;
        }
        // Nothing went through it yet.
        catch (ApiProblem) { return null; }
    }

    private void ShowPanel(string tab) => (panel, panelOpen) = (tab, true);

    private async Task CloseStreamAsync()
    {
        if (stream is not null) await stream.DisposeAsync();
        stream = null;
    }
}

/// <summary>What came out of a port in the run that is shown.</summary>
public sealed record PortPreview(string Title, Artifact? Artifact, JsonNode? Value);
