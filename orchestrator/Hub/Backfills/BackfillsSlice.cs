namespace Flows.Hub.Backfills;

/// <summary>One run of a flow for each day, or whatever else a past is made of.</summary>
public static class BackfillsSlice
{
    public static IServiceCollection AddBackfills(this IServiceCollection services) => services
        .AddSingleton<BackfillBook>()
        .AddSingleton<BackfillRounds>()
        .AddSingleton<BackfillLoop>()
        .AddHostedService(provider => provider.GetRequiredService<BackfillLoop>());

    public static IEndpointRouteBuilder MapBackfills(this IEndpointRouteBuilder routes)
    {
        var backfills = routes.MapGroup("/api/backfills").WithTags("backfills");
        backfills.MapPost("", BackfillEndpoints.StartAsync);
        backfills.MapGet("", BackfillEndpoints.ListAsync);
        backfills.MapGet("/{id}", BackfillEndpoints.FindAsync);
        backfills.MapGet("/{id}/states", BackfillEndpoints.StatesAsync);
        backfills.MapGet("/{id}/cells", BackfillEndpoints.CellsAsync);
        backfills.MapPost("/{id}/cancel", BackfillEndpoints.CancelAsync);
        backfills.MapPost("/{id}/rerun", BackfillEndpoints.AgainAsync);
        return routes;
    }
}
