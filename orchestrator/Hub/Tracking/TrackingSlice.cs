using Flows.Contract.Tracking;
using Flows.Hub.Access;
using Flows.Hub.Audit;
using Flows.Hub.Runners;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Tracking;

/// <summary>What runs measure and note while they go on: metrics with steps, parameters, tags, pictures.</summary>
public static class TrackingSlice
{
    private const string Data = "data of a run, many times a second: the run says whose it is";

    /// <summary>Most curves of one answer, and most points of one curve in it.</summary>
    private const int MostCurves = 200, MostPoints = 10_000;

    public static IServiceCollection AddTracking(this IServiceCollection services, DataFolder data, HubOptions options) => services
        .AddSingleton<ITrackingDatabase>(_ => options.Storage is { } connection ? new PostgresTracking(connection) : new SqliteTracking(data.File("tracking.db")))
        .AddSingleton<TrackingStore>()
        .AddSingleton<TrackingIntake>();

    public static IEndpointRouteBuilder MapTracking(this IEndpointRouteBuilder routes)
    {
        var run = Thing.Run("id");
        var runs = routes.MapGroup("/api/runs/{id}").WithTags("tracking");
        runs.MapPost("/tracking", TakeAsync).Needs(Role.Editor, run).NotAudited(Data);
        runs.MapGet("/tracking", FactsAsync).Needs(Role.Viewer, run, orStep: true);
        runs.MapGet("/metrics", MetricsAsync).Needs(Role.Viewer, run, orStep: true);
        runs.MapGet("/metrics/points", PointsAsync).Needs(Role.Viewer, run, orStep: true);
        routes.MapPost("/api/steps/{stepId}/tracking", TakeOfStepAsync).ForStep().NotAudited(Data).WithTags("tracking");
        return routes;
    }

    /// <summary>Keeps what is new in a <see cref="TrackingBatch"/>; the same batch twice is kept once.</summary>
    private static async Task<Results<Ok<TrackingTaken>, ProblemHttpResult>> TakeAsync(string id, HttpRequest request, RunReader runs, TrackingIntake intake, CancellationToken cancellation) =>
        await runs.IsThereAsync(id, cancellation) ? TypedResults.Ok(await intake.TakeAsync(new TrackedBy(id, ""), request, null, cancellation)) : NoRun(id);

    /// <summary>The same from a step under way, with its own token.</summary>
    private static async Task<Ok<TrackingTaken>> TakeOfStepAsync(string stepId, HttpContext http, StepAccess access, TrackingIntake intake, CancellationToken cancellation)
    {
        var (job, secrets) = await access.JobAndSecretsAsync(http, stepId, cancellation);
        return TypedResults.Ok(await intake.TakeAsync(new TrackedBy(job.RunId, stepId, job.Attempt), http.Request, secrets, cancellation));
    }

    private static async Task<Results<Ok<RunTracking>, ProblemHttpResult>> FactsAsync(string id, RunReader runs, TrackingStore store, CancellationToken cancellation) =>
        await runs.IsThereAsync(id, cancellation) ? TypedResults.Ok(await store.FactsAsync(id, cancellation)) : NoRun(id);

    /// <summary>The run's curves, the first 200 of them.</summary>
    /// <param name="key">Only the metric of that name.</param>
    /// <param name="stepId">Only those of one step.</param>
    /// <param name="points">Most points of each, 0 to 10,000; by default none, or 500 of a metric that is named.</param>
    private static async Task<Results<Ok<IReadOnlyList<MetricSeries>>, ProblemHttpResult>> MetricsAsync(
        string id, string? key, string? stepId, int? points, RunReader runs, TrackingStore store, CancellationToken cancellation)
    {
        if (!await runs.IsThereAsync(id, cancellation)) return NoRun(id);
        var chosen = (await store.SeriesAsync(id, cancellation)).Where(series => (key ?? series.Name) == series.Name && (stepId ?? series.StepId) == series.StepId).Take(MostCurves).ToList();
        var most = Math.Clamp(points ?? (key is null ? 0 : 500), 0, MostPoints);
        if (most == 0) return TypedResults.Ok<IReadOnlyList<MetricSeries>>(chosen);
        var curves = new List<MetricSeries>();
        foreach (var series in chosen)
            curves.Add(series with { Points = Downsampling.Of(await store.PointsAsync(id, series.StepId, series.Name, 0, int.MaxValue, cancellation), most) });
        return TypedResults.Ok<IReadOnlyList<MetricSeries>>(curves);
    }

    /// <summary>All points of one metric as they came, some at a time, as entries of a batch: to be kept elsewhere.</summary>
    /// <param name="from">Number of the first, counted from 0.</param>
    private static async Task<Results<Ok<IReadOnlyList<TrackedEntry>>, ProblemHttpResult>> PointsAsync(
        string id, string key, string? stepId, long? from, int? limit, RunReader runs, TrackingStore store, CancellationToken cancellation)
    {
        if (!await runs.IsThereAsync(id, cancellation)) return NoRun(id);
        var points = await store.PointsAsync(id, stepId ?? "", key, Math.Max(from ?? 0, 0), Math.Clamp(limit ?? MostPoints, 1, MostPoints), cancellation);
        return TypedResults.Ok<IReadOnlyList<TrackedEntry>>([.. points.Select(point => new TrackedEntry { Metric = key, Step = point.Step, At = point.At, Value = point.Value })]);
    }

    private static ProblemHttpResult NoRun(string id) => Problems.NotFound($"There is no run '{id}'.");
}
