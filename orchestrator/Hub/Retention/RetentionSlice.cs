using Flows.Hub.Access;
using Flows.Hub.Cache;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Flows.Hub.Retention;

/// <summary>Old runs go, in small portions.</summary>
public static class RetentionSlice
{
    public static IServiceCollection AddRetention(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<RetentionOptions>().BindConfiguration("Retention").ValidateDataAnnotations();
        return services.AddSingleton<Pruning>().AddHostedService<RetentionRounds>();
    }

    public static IEndpointRouteBuilder MapRetention(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/retention", FindAsync).ForAdministrators().WithTags("retention");
        routes.MapPost("/api/retention/prune", PruneAsync).ForAdministrators().WithTags("retention");
        routes.MapPut("/api/runs/{id}/pin", PinAsync).Needs(Role.Operator, Thing.Run("id")).WithTags("runs");
        routes.MapDelete("/api/runs/{id}/pin", UnpinAsync).Needs(Role.Operator, Thing.Run("id")).WithTags("runs");
        return routes;
    }

    /// <summary>What would go now, without removing anything.</summary>
    private static async Task<Ok<RetentionReport>> FindAsync(IOptions<RetentionOptions> options, IDbContextFactory<FlowsDb> databases, TimeProvider time, CancellationToken cancellation)
    {
        var (old, would, oldest) = (new OldRuns(databases), 0, new List<string>());
        while (options.Value.KeepDays is not null && await old.NextAsync(options.Value, time.GetUtcNow(), 1000, cancellation) is { Count: > 0 } batch)
        {
            would += batch.Count;
            oldest.AddRange(batch.Take(20 - oldest.Count));
        }
        return TypedResults.Ok(new RetentionReport(options.Value, would, oldest));
    }

    private static async Task<Ok<Pruned>> PruneAsync(IOptions<RetentionOptions> options, Pruning pruning, CancellationToken cancellation) =>
        TypedResults.Ok(await pruning.PruneAsync(options.Value, cancellation));

    private static async Task<NoContent> PinAsync(string id, RunStore runs, TimeProvider time, CancellationToken cancellation)
    {
        var run = await runs.FindAsync(id, cancellation) ?? throw new RequestFault($"There is no run '{id}'.", StatusCodes.Status404NotFound);
        var at = time.GetUtcNow().UtcTicks;
        await runs.WriteAsync(db => db.Database.ExecuteSql($"""
            INSERT INTO run_pins ("RunId", "At", "ProjectId", "Author") VALUES ({run.Id}, {at}, {run.ProjectId}, {run.Author}) ON CONFLICT DO NOTHING
            """));
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> UnpinAsync(string id, RunStore runs)
    {
        await runs.WriteAsync(db => db.Set<RunPinRow>().Where(pin => pin.RunId == id).ExecuteDelete());
        return TypedResults.NoContent();
    }
}

/// <param name="Runs">Runs that would go now.</param>
/// <param name="Oldest">The oldest of them, at most 20.</param>
public sealed record RetentionReport(RetentionOptions Options, int Runs, IReadOnlyList<string> Oldest);

/// <summary>A round soon after the start and then every so often.</summary>
internal sealed class RetentionRounds(Pruning pruning, CachedResults cached, IOptions<RetentionOptions> retention, IOptions<CacheOptions> cache, IServiceProvider services) : BackgroundService
{
    private readonly TimeProvider _time = services.GetRequiredService<TimeProvider>();

    private readonly ILogger _log = services.GetRequiredService<ILogger<RetentionRounds>>();

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        try
        {
            await Task.Delay(TimeSpan.FromMinutes(1), _time, stopping);
            using var tick = new PeriodicTimer(TimeSpan.FromMinutes(retention.Value.EveryMinutes), _time);
            do await RoundAsync(stopping);
            while (await tick.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
    }

    private async Task RoundAsync(CancellationToken stopping)
    {
        try
        {
            if (await pruning.PruneAsync(retention.Value, stopping) is { Runs: > 0 } pruned) _log.LogInformation("Pruned {Runs} old runs with {Events} events", pruned.Runs, pruned.Events);
            while (await cached.PruneAsync(_time.GetUtcNow().AddDays(-cache.Value.KeepDays), 500, stopping) == 500) { }
        }
        catch (Exception broken) when (broken is not OperationCanceledException) { _log.LogWarning(broken, "Old runs could not be pruned; the next round tries again"); }
    }
}
