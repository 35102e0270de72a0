using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Provenance;
using Flows.Hub.Access;
using Flows.Hub.Audit;
using Flows.Hub.Runs;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Reproductions;

/// <summary>Runs made again from their records, and what came of it.</summary>
public static class ReproductionsSlice
{
    private const double LongestWait = 600;

    public static IServiceCollection AddReproductions(this IServiceCollection services) => services
        .AddSingleton<RemadeRuns>()
        .AddSingleton<VerdictBook>()
        .AddSingleton<ReproductionDesk>()
        .AddSingleton<ReproductionList>()
        .AddSingleton<IReproductions>(provider => provider.GetRequiredService<ReproductionDesk>());

    public static IEndpointRouteBuilder MapReproductions(this IEndpointRouteBuilder routes)
    {
        var run = Thing.Run("id");
        var runs = routes.MapGroup("/api/runs/{id}").WithTags("runs");
        runs.MapPost("/reproduce", ReproduceAsync).Needs(Role.Editor, run).Audited("run.reproduce");
        runs.MapGet("/verdicts", VerdictsAsync).Needs(Role.Viewer, run);
        runs.MapGet("/reproductions", ListAsync).Needs(Role.Viewer, run);
        return routes;
    }

    /// <summary>Makes the run again, as a run of its own. 202 with its id, or with <paramref name="wait"/> the verdict.</summary>
    /// <param name="wait">Seconds to wait for the verdict, at most 600; absent: answer at once.</param>
    private static async Task<Results<Ok<RunVerdict>, Accepted<RunStarted>>> ReproduceAsync(string id, ReproductionRequest? how, double? wait, ReproductionDesk desk, CancellationToken cancellation)
    {
        var run = await desk.StartAsync(id, how?.How ?? new Reproduction(), cancellation);
        if (wait is > 0 && await WithinAsync(desk, run.Row.Id, Math.Min(wait.Value, LongestWait), cancellation) is { } verdict) return TypedResults.Ok(verdict);
        return TypedResults.Accepted($"/api/runs/{run.Row.Id}", new RunStarted(run.Row.Id));
    }

    /// <summary>What came of making the run again, newest first.</summary>
    private static async Task<Ok<IReadOnlyList<RunVerdict>>> VerdictsAsync(string id, VerdictBook book, CancellationToken cancellation) => TypedResults.Ok(await book.OfAsync(id, cancellation));

    /// <summary>Runs that make the run again, newest first, with how far they are; a run that makes another again is there itself.</summary>
    private static async Task<Results<Ok<IReadOnlyList<RunReproduction>>, ProblemHttpResult>> ListAsync(string id, ReproductionList list, CancellationToken cancellation) =>
        await list.OfAsync(id, cancellation) is { } found ? TypedResults.Ok(found) : Problems.NotFound($"There is no run '{id}'.");

    private static async Task<RunVerdict?> WithinAsync(ReproductionDesk desk, string run, double seconds, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(seconds));
        try { return await desk.VerdictAsync(run, limit.Token); }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested) { return null; }
    }
}

/// <summary>A request without a body is a request like any other: no content type is asked for.</summary>
public sealed record ReproductionRequest(Reproduction How)
{
    public static async ValueTask<ReproductionRequest?> BindAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType() || context.Request.ContentLength == 0) return null;
        try { return await context.Request.ReadFromJsonAsync<Reproduction>(ContractJson.Options, context.RequestAborted) is { } how ? new ReproductionRequest(how) : null; }
        catch (JsonException broken) { throw new RequestFault($"The request cannot be read: {broken.Message}"); }
    }
}
