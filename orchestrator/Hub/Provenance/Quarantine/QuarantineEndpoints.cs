using System.Text.Json.Nodes;
using Flows.Contract.Provenance.Graphs;
using Flows.Hub.Audit;
using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Provenance.Quarantine;

internal static class QuarantineEndpoints
{
    private const int LongestReason = 1_000;

    public static async Task<Ok<IReadOnlyList<QuarantineReport>>> ListAsync(BlastRadius radius, CancellationToken cancellation)
    {
        using var own = Own().Enter();
        return TypedResults.Ok(await radius.ListAsync(cancellation));
    }

    public static async Task<Results<Ok<QuarantineReport>, ProblemHttpResult>> MarkAsync(QuarantineRequest request, BlastRadius radius, HttpContext http, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(request.Kind) || string.IsNullOrWhiteSpace(request.Id)) return Problems.Bad("Say what is bad by 'kind' and 'id'.");
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > LongestReason) return Problems.Bad($"Say why by 'reason', in at most {LongestReason} characters: whoever meets what came of it reads it.");
        using var own = Own().Enter();
        if (await radius.MarkAsync(request.Kind, request.Id, request.Reason.Trim(), request.Try, cancellation) is not { } report) return Problems.NotFound($"There is no {request.Kind} '{request.Id}'.");
        AuditedRequest.Of(http).Note("cause", report.Cause);
        AuditedRequest.Of(http).Note("reason", report.Reason);
        AuditedRequest.Of(http).Note("held", new JsonArray([.. report.Things.Select(thing => TraceNode.KeyOf(thing.Kind, thing.Id)).Take(50)]));
        if (request.Try) AuditedRequest.Of(http).Note("try", true);
        return TypedResults.Ok(report);
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> UndoAsync(string kind, string id, BlastRadius radius, CancellationToken cancellation)
    {
        using var own = Own().Enter();
        return await radius.UndoAsync(TraceNode.KeyOf(kind, id), cancellation) > 0 ? TypedResults.NoContent() : Problems.NotFound($"{kind} '{id}' is not marked bad.");
    }

    private static Sight Own() => Sight.Current with { Projects = [Sight.Current.ProjectId] };
}
