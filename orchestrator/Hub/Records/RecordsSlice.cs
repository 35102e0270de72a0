using Flows.Contract.Provenance;
using Flows.Hub.Access;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Records;

/// <summary>What is recorded of every attempt of every step.</summary>
public static class RecordsSlice
{
    public static IServiceCollection AddRecords(this IServiceCollection services) => services.AddSingleton<AttemptRecords>();

    public static IEndpointRouteBuilder MapRecords(this IEndpointRouteBuilder routes)
    {
        var run = Thing.Run("id");
        var records = routes.MapGroup("/api/runs/{id}").WithTags("runs");
        records.MapGet("/records", ListAsync).Needs(Role.Viewer, run);
        records.MapGet("/steps/{stepId}/record", FindAsync).Needs(Role.Viewer, run);
        return routes;
    }

    /// <summary>Every attempt of every step of the run, in the order in which they ended.</summary>
    private static async Task<Ok<IReadOnlyList<AttemptRecord>>> ListAsync(string id, AttemptRecords records, CancellationToken cancellation) =>
        TypedResults.Ok(await records.OfRunAsync(id, cancellation));

    /// <param name="attempt">From 1; absent: the newest.</param>
    private static async Task<Results<Ok<AttemptRecord>, ProblemHttpResult>> FindAsync(string id, string stepId, int? attempt, AttemptRecords records, CancellationToken cancellation) =>
        await records.FindAsync(id, stepId, attempt, cancellation) is { } found ? TypedResults.Ok(found)
            : Problems.NotFound($"Nothing is recorded of {(attempt is null ? "" : $"attempt {attempt} of ")}step '{stepId}': there is none, it has not ended, or the engine carried it out by itself.");
}
