using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Graphs;
using Flows.Contract.Runs;
using Flows.Contract.Starts;
using Flows.Engine;
using Flows.Hub.Flows;
using Flows.Hub.Starts;
using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Runs;

internal static class RunEndpoints
{
    private const double LongestWait = 600;

    /// <param name="wait">Seconds to wait for the end, at most 600; absent: answer at once.</param>
    /// <param name="draft">Run the latest draft instead of the published version.</param>
    /// <param name="debounce">Gather the request with others, as the flow's <c>customProperties.debounce</c> says.</param>
    public static async Task<Results<Ok<RunRecord>, Accepted<RunStarted>, Accepted<GatheredStart>>> StartAsync(
        string definitionId, RunRequest? request, double? wait, bool? draft, bool? debounce, IFlowLookup flows, RunHost host, Gathering gathering, CancellationToken cancellation)
    {
        var definition = await flows.RunnableAsync(definitionId, draft ?? false, cancellation)
            ?? throw new RequestFault($"There is no {(draft == true ? "" : "published ")}flow '{definitionId}'.", StatusCodes.Status404NotFound);
        host.DemandRoom();
        var asked = (request ?? new RunRequest()) with { ResumedFrom = null, RerunFrom = null, TriggerActivityId = null, TriggerInput = null, Parent = null, Reproduces = null };
        if (debounce == true) return await GatherAsync(definition, asked with { Debug = null }, gathering);
        definition = UpTo(definition, asked.Debug);
        var answer = (await AnswerAsync(await host.StartAsync(definition, asked, RunOrigin.Asked()), wait, host, cancellation)).Result;
        return answer is Ok<RunRecord> ended ? ended : (Accepted<RunStarted>)answer;
    }

    /// <summary>What a run up to a step runs: a smaller flow, so that it is checked, kept and shown as what it is.</summary>
    internal static FlowDefinition UpTo(FlowDefinition flow, DebugRequest? debug) => debug?.To is not { } to ? flow
        : FlowUpTo.Of(flow, to) ?? throw new RequestFault($"The flow has no activity '{to}' to run to.", StatusCodes.Status422UnprocessableEntity);

    private static async Task<Accepted<GatheredStart>> GatherAsync(FlowDefinition flow, RunRequest request, Gathering gathering)
    {
        if (DebouncePolicy.Of(flow) is not { Problems.Count: 0 } policy) throw new RequestFault("The flow does not say how requests are gathered: set customProperties.debounce.quietSeconds.");
        var gathered = await gathering.AddAsync(flow, policy, request, RunOrigin.Asked());
        return TypedResults.Accepted($"/api/runs/{gathered.RunId}", gathered);
    }

    internal static async Task<Results<Ok<RunRecord>, Accepted<RunStarted>>> AnswerAsync(LiveRun run, double? wait, RunHost host, CancellationToken cancellation)
    {
        return wait is { } seconds and > 0
            ? TypedResults.Ok(await EndOrNowAsync(run, Math.Min(seconds, LongestWait), host, cancellation))
            : TypedResults.Accepted($"/api/runs/{run.Row.Id}", new RunStarted(run.Row.Id));
    }

    public static async Task<Ok<IReadOnlyList<RunSummary>>> ListAsync(
        string? definitionId, RunStatus? status, RunSubStatus? subStatus, string? after, int? limit, RunStore runs, RunHost host, CancellationToken cancellation)
    {
        var rows = await runs.ListAsync(new RunFilter(definitionId, status, subStatus, after, Math.Clamp(limit ?? 100, 1, 200)), cancellation);
        var now = rows.Select(row => host.Find(row.Id)?.Summary() ?? row);
        return TypedResults.Ok<IReadOnlyList<RunSummary>>([.. now.Where(run => (status ?? run.Status) == run.Status && (subStatus ?? run.SubStatus) == run.SubStatus)]);
    }

    public static async Task<Results<Ok<RunRecord>, ProblemHttpResult>> FindAsync(string id, RunReader runs, CancellationToken cancellation) =>
        await runs.FindAsync(id, cancellation) is { } run ? TypedResults.Ok(run) : NoRun(id);

    public static async Task<Results<Ok<JsonObject>, ProblemHttpResult>> DefinitionAsync(string id, RunReader runs, CancellationToken cancellation) =>
        await runs.DefinitionAsync(id, cancellation) is { } flow ? TypedResults.Ok(flow.Json) : NoRun(id);

    public static async Task<Results<Ok<IReadOnlyList<JournalEntry>>, ProblemHttpResult>> JournalAsync(string id, RunReader runs, CancellationToken cancellation) =>
        await runs.JournalAsync(id, cancellation) is { } journal ? TypedResults.Ok(journal) : NoRun(id);

    public static async Task<Results<Accepted, NoContent, ProblemHttpResult>> CancelAsync(string id, RunHost host, CancellationToken cancellation)
    {
        if (host.Find(id) is { } live) live.Cancel(Sight.Current.Author);
        else if (await host.PostAsync(id, new RunEvent.CancelRequested(Sight.Current.Author), cancellation) is var posted and (Posted.Unknown or Posted.Over))
            return posted == Posted.Unknown ? NoRun(id) : TypedResults.NoContent();
        return TypedResults.Accepted($"/api/runs/{id}");
    }

    /// <summary>A bookmark's id begins with its run's id.</summary>
    public static async Task<Results<Accepted, ProblemHttpResult>> ResumeAsync(string id, ResumeRequest? request, RunHost host, RunReader runs, CancellationToken cancellation)
    {
        var runId = BookmarkRow.RunOf(id);
        if (await runs.FindAsync(runId, cancellation) is not { } run || run.Bookmarks.FirstOrDefault(bookmark => bookmark.Id == id) is not { } waiting
            || await host.PostAsync(runId, new RunEvent.BookmarkResumed(id, request?.Input), cancellation) is Posted.Unknown or Posted.Over)
            return Problems.NotFound($"There is no bookmark '{id}'.");
        return waiting is { ActivityType: Contract.Approvals.Approval.ActivityType, Halt: null }
            ? Problems.Conflict($"This step asks people: answer it by POST /api/approvals/{id}.")
            : TypedResults.Accepted($"/api/runs/{runId}");
    }

    /// <summary>Answers once the event is in the journals of the runs that waited for it, and the flows that begin with it have started.</summary>
    public static async Task<Ok<EventDelivery>> PublishAsync(string name, EventRequest? request, RunHost host, CancellationToken cancellation)
    {
        host.DemandRoom();
        return TypedResults.Ok(await host.DeliverAsync(new EventNews(name, request?.Payload, request?.CorrelationId)).WaitAsync(cancellation));
    }

    private static ProblemHttpResult NoRun(string id) => Problems.NotFound($"There is no run '{id}'.");

    private static async Task<RunRecord> EndOrNowAsync(LiveRun run, double seconds, RunHost host, CancellationToken cancellation)
    {
        using var open = CancellationTokenSource.CreateLinkedTokenSource(host.Stopping, cancellation);
        open.CancelAfter(TimeSpan.FromSeconds(seconds));
        try { return await host.EndOfAsync(run.Row.Id, open.Token); }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested) { return run.ToRecord(); }
    }
}

public sealed record RunStarted(string RunId);

public sealed record ResumeRequest(JsonNode? Input);

/// <param name="CorrelationId">Only runs with this correlation id are meant; absent: all that wait for the event.</param>
public sealed record EventRequest(JsonNode? Payload, string? CorrelationId);

/// <param name="Delivered">Steps that the event resumed.</param>
public sealed record EventDelivery(int Delivered)
{
    /// <summary>Ids of the runs that it started.</summary>
    public IReadOnlyList<string> Started { get; init; } = [];
}
