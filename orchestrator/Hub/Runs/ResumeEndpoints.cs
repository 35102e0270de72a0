using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Hub.Flows;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Runs;

/// <summary>A run that is over goes on as a new run: from where it faulted, or from a step.</summary>
internal static class ResumeEndpoints
{
    /// <param name="version"><c>latest</c>: the newest published version; <c>draft</c>: the newest draft; absent: the version it ran.</param>
    /// <param name="wait">Seconds to wait for the end, at most 600.</param>
    public static async Task<Results<Ok<RunRecord>, Accepted<RunStarted>>> ResumeAsync(
        string id, GoingOnRequest? request, string? version, double? wait, RunHost host, RunStore runs, IFlowLookup flows, CancellationToken cancellation)
    {
        var before = await OverAsync(id, host, runs, cancellation);
        if (before.SubStatus == RunSubStatus.Finished)
            throw new RequestFault("The run finished without a fault: there is nothing to go on from. Use rerun?from=… to do steps anew.", StatusCodes.Status409Conflict);
        return await GoOnAsync(before, new GoingOn(null, request?.Debug), version, wait, host, runs, flows, cancellation);
    }

    /// <param name="from">Id of the activity that is done anew, with everything after it.</param>
    public static async Task<Results<Ok<RunRecord>, Accepted<RunStarted>>> RerunAsync(
        string id, string from, GoingOnRequest? request, string? version, double? wait, RunHost host, RunStore runs, IFlowLookup flows, CancellationToken cancellation) =>
        await GoOnAsync(await OverAsync(id, host, runs, cancellation), new GoingOn(from, request?.Debug), version, wait, host, runs, flows, cancellation);

    private static async Task<Results<Ok<RunRecord>, Accepted<RunStarted>>> GoOnAsync(
        RunRow before, GoingOn how, string? version, double? wait, RunHost host, RunStore runs, IFlowLookup flows, CancellationToken cancellation)
    {
        host.DemandRoom();
        var definition = RunEndpoints.UpTo(await DefinitionAsync(before, version, runs, flows, cancellation), how.Debug);
        if (how.From is { } from && definition.Find(from) is null)
            throw new RequestFault($"The flow has no activity '{from}' to run again from.", StatusCodes.Status422UnprocessableEntity);
        return await RunEndpoints.AnswerAsync(await host.GoOnAsync(before, definition, how, RunOrigin.Asked("resume")), wait, host, cancellation);
    }

    private static async Task<RunRow> OverAsync(string id, RunHost host, RunStore runs, CancellationToken cancellation)
    {
        // Its record says that it is over a moment before that is written down.
        if (host.Find(id) is { } ending && ending.Summary().Status == RunStatus.Finished) await ending.Finished.WaitAsync(cancellation);
        var row = await runs.FindAsync(id, cancellation) ?? throw new RequestFault($"There is no run '{id}'.", StatusCodes.Status404NotFound);
        if (row.Status != RunStatus.Finished || host.Find(id) is not null)
            throw new RequestFault("The run is still under way; cancel it, or wait for its end.", StatusCodes.Status409Conflict);
        if (RunRecord.IsSynced(row.Trigger))
            throw new RequestFault("The run was carried out elsewhere and came here by sync: there is no journal of it to go on from. Run it again where it ran, or start its flow here.", StatusCodes.Status409Conflict);
        return row;
    }

    private static async Task<FlowDefinition> DefinitionAsync(RunRow before, string? version, RunStore runs, IFlowLookup flows, CancellationToken cancellation) => version switch
    {
        null => await runs.DefinitionAsync(before.DefinitionDigest),
        "latest" => await flows.RunnableAsync(before.DefinitionId, draft: false, cancellation)
            ?? throw new RequestFault($"There is no published flow '{before.DefinitionId}'.", StatusCodes.Status404NotFound),
        "draft" => await flows.RunnableAsync(before.DefinitionId, draft: true, cancellation)
            ?? throw new RequestFault($"There is no flow '{before.DefinitionId}' any more.", StatusCodes.Status404NotFound),
        _ => throw new RequestFault($"'version' must be latest, draft or absent, not '{version}'.", StatusCodes.Status400BadRequest),
    };
}

/// <summary>How a run goes on from another one.</summary>
/// <param name="From">Activity that is done anew with everything after it; null for what did not finish.</param>
public sealed record GoingOn(string? From, DebugRequest? Debug);

/// <param name="Debug">How the new run is debugged; absent: an ordinary run, whatever the earlier one was.</param>
public sealed record GoingOnRequest(DebugRequest? Debug)
{
    /// <summary>A request without a body is a request like any other: no content type is asked for.</summary>
    public static async ValueTask<GoingOnRequest?> BindAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType() || context.Request.ContentLength == 0) return null;
        try { return await context.Request.ReadFromJsonAsync<GoingOnRequest>(ContractJson.Options, context.RequestAborted); }
        catch (JsonException broken) { throw new RequestFault($"The request cannot be read: {broken.Message}"); }
    }
}
