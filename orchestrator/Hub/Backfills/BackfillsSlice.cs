using Flows.Hub.Access;

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
        var backfill = Thing.Of<BackfillRow>("id", "backfill");
        var backfills = routes.MapGroup("/api/backfills").WithTags("backfills");
        backfills.MapPost("", BackfillEndpoints.StartAsync).Needs(Role.Editor, Thing.Chosen);
        backfills.MapGet("", BackfillEndpoints.ListAsync).ForSignedIn();
        backfills.MapGet("/{id}", BackfillEndpoints.FindAsync).Needs(Role.Viewer, backfill);
        backfills.MapGet("/{id}/states", BackfillEndpoints.StatesAsync).Needs(Role.Viewer, backfill);
        backfills.MapGet("/{id}/cells", BackfillEndpoints.CellsAsync).Needs(Role.Viewer, backfill);
        backfills.MapPost("/{id}/cancel", BackfillEndpoints.CancelAsync).Needs(Role.Editor, backfill);
        backfills.MapPost("/{id}/rerun", BackfillEndpoints.AgainAsync).Needs(Role.Editor, backfill);
        return routes;
    }
}
