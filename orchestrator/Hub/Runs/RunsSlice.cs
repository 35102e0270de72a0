using Flows.Contract.Activities;
using Flows.Hub.Audit;

namespace Flows.Hub.Runs;

/// <summary>Runs: start, watch, cancel, read.</summary>
public static class RunsSlice
{
    public static IServiceCollection AddRuns(this IServiceCollection services)
    {
        services.AddSingleton<RunStore>();
        services.AddSingleton<RunTokens>();
        services.AddSingleton<RunMail>();
        services.AddSingleton<WaitingSteps>();
        services.AddSingleton<RunClaims>();
        services.AddSingleton<KeptSteps>();
        services.AddSingleton<RunHost>();
        services.AddHostedService(provider => provider.GetRequiredService<RunHost>());
        services.AddHostedService<RunSuccession>();
        services.AddHostedService<RunPostman>();
        services.AddSingleton<RunReader>();
        services.AddSingleton<StepProgress>();
        services.AddHostedService(provider => provider.GetRequiredService<StepProgress>());
        services.AddSingleton<Following>();
        services.AddHostedService(provider => provider.GetRequiredService<Following>());
        return services;
    }

    public static IEndpointRouteBuilder MapRuns(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/flows/{definitionId}/runs", RunEndpoints.StartAsync).Audited("run.start").WithTags("runs");
        var runs = routes.MapGroup("/api/runs").WithTags("runs");
        runs.MapGet("", RunEndpoints.ListAsync);
        runs.MapGet("/{id}", RunEndpoints.FindAsync);
        runs.MapGet("/{id}/definition", RunEndpoints.DefinitionAsync);
        runs.MapGet("/{id}/journal", RunEndpoints.JournalAsync);
        runs.MapGet("/{id}/events", RunStreams.EventsAsync);
        runs.MapGet("/{id}/logs", LogStreams.LogsAsync);
        runs.MapPost("/{id}/cancel", RunEndpoints.CancelAsync);
        runs.MapPost("/{id}/resume", ResumeEndpoints.ResumeAsync);
        runs.MapPost("/{id}/rerun", ResumeEndpoints.RerunAsync);
        routes.MapPost("/api/events/{name}", RunEndpoints.PublishAsync).Audited("event.publish").WithTags("runs");
        routes.MapPost("/api/bookmarks/{id}/resume", RunEndpoints.ResumeAsync).WithTags("runs");
        routes.MapGet("/api/tasks", TaskEndpoints.ListAsync).WithTags("runs");
        routes.MapPost("/api/tasks/{id}/complete", TaskEndpoints.CompleteAsync).WithTags("runs");
        routes.MapGet("/api/activities", (ActivityCatalog catalog, Flows.IFlowLookup flows) =>
            TypedResults.Ok(catalog.Descriptors.Concat(flows.Descriptors()).OrderBy(found => found.Category).ThenBy(found => found.DisplayName))).WithTags("activities");
        return routes;
    }
}
