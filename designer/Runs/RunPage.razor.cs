using Flows.Contract.Definitions;
using Flows.Contract.Provenance;
using Flows.Contract.Runs;
using Flows.Designer.Api;
using Microsoft.AspNetCore.Components;

namespace Flows.Designer.Runs;

/// <summary>One run: what it did, live while it runs.</summary>
public sealed partial class RunPage
{
    private const string Again = "reproductions";

    private RunWatch watch = new();
    private FlowDefinition? definition;
    private Dictionary<string, string> titles = [];
    private EventStream? stream;
    private string tab = "time";
    private string? selected, opened, linked;
    private bool isCancelling, isHeadShown;
    private IReadOnlyList<RunReproduction> reproductions = [];

    [Parameter] public string RunId { get; set; } = "";

    /// <summary>An activity to show at first.</summary>
    [SupplyParameterFromQuery] public string? Step { get; set; }

    [Inject] private EventStreams Streams { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    private RunRecord? Record => watch.Record;

    private IReadOnlyList<(string, string, string?)> TabItems =>
    [
        ("time", "Timeline", null),
        ("steps", "Steps", watch.Steps.Count.ToString()),
        ("logs", "Logs", watch.Logs.Count > 0 ? watch.Logs.Count.ToString() : null),
        ("data", "Inputs & outputs", null),
        ("artifacts", "Artifacts", watch.Artifacts().Count is > 0 and var many ? many.ToString() : null),
        ("journal", "Journal", null),
        (Again, "Reproductions", reproductions.Count is > 0 and var again ? again.ToString() : null),
    ];

    protected override async Task LoadAsync(CancellationToken cancellation)
    {
        if (opened != RunId) await ForgetAsync();
        opened = RunId;
        // Asked for at once: each of the three may be large.
        var (run, flow, logs) = (Api.RunAsync(RunId, cancellation), definition is null ? Api.RunDefinitionAsync(RunId, cancellation) : Task.FromResult(definition), Api.LogsAsync(RunId, after: watch.LastLog, cancellation: cancellation));
        watch.Take(await run);
        definition = await flow;
        titles = definition.Activities().DistinctBy(activity => activity.Id).ToDictionary(activity => activity.Id, activity => activity.Title);
        watch.AddLogs(await logs);
        if (linked != Step) (linked, selected) = (Step, Step ?? selected);
        if (!watch.HasEnded) stream ??= await Streams.OpenAsync(FlowsApi.EventsPath(RunId, watch.LastLog), RunWatch.EventNames, ReceiveAsync);
    }

    // Head, graph and strips come first: what is below them is drawn once they can be seen.
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (isHeadShown || Record is null) return;
        await Task.Delay(1, Leaving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        isHeadShown = true;
        StateHasChanged();
    }

    private async Task ReceiveAsync(IReadOnlyList<StreamEvent> events)
    {
        foreach (var happened in events) watch.Apply(happened);
        if (events.Any(happened => happened.Name is "end" or "lost")) await CloseAsync();
        StateHasChanged();
    }

    // Values are cut in events: the record read once more at the end has them whole.
    private async Task CloseAsync()
    {
        if (stream is not null) await stream.DisposeAsync();
        stream = null;
        isCancelling = false;
        await ReloadAsync();
    }

    private async Task ForgetAsync()
    {
        if (stream is not null) await stream.DisposeAsync();
        stream = null;
        watch = new RunWatch();
        (definition, linked, reproductions) = (null, null, []);
        Select(null);
        (tab, isHeadShown) = ("time", false);
    }

    private string? ActivityOf(string stepId) => watch.Find(stepId) is { } step ? TitleOf(step.ActivityId) : null;

    private string TitleOf(string activityId) => titles.GetValueOrDefault(activityId) ?? activityId;

    private void Select(string? activityId)
    {
        selected = pass is null && selected == activityId ? null : activityId;
        ForgetPass();
    }

    private void Show(string activityId)
    {
        selected = activityId;
        ForgetPass();
        tab = "logs";
    }

    private Task CancelAsync() => TryAsync(async () =>
    {
        isCancelling = true;
        await Api.CancelRunAsync(RunId, Leaving);
    });

    private Task SteerAsync(string how) => TryAsync(() => Api.SteerAsync(RunId, how, null, Leaving));

    private Task RunAgainAsync() => TryAsync(async () =>
    {
        var flow = Record!;
        Navigation.NavigateTo("runs/" + await Api.StartRunAsync(flow.DefinitionId, flow.Inputs, draft: true, Leaving));
    });

    // What a flow inside the flow did has no place in this definition to begin from.
    private bool CanRerun(StepRecord step) => Record?.Status == RunStatus.Finished && !RunRecord.IsSynced(Record.Trigger) && step.ParentStepId is not null
        && step.ActivityId != definition?.Root?.Id && titles.ContainsKey(step.ActivityId);

    private Task GoOnAsync(string? from) => TryAsync(async () =>
    {
        Navigation.NavigateTo("runs/" + await Api.GoOnAsync(RunId, from, Leaving));
        Toasts.Success(from is null ? "The run goes on as this new run" : $"Running again from {TitleOf(from)}");
    });

    protected override void Dispose(bool disposing) => _ = stream?.DisposeAsync().AsTask();
}
