using Flows.Contract.Activities;
using Flows.Hub.Access;
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
        routes.MapPost("/api/flows/{definitionId}/runs", RunEndpoints.StartAsync).Needs(Role.Editor, Thing.Of<Flows.FlowRow>("definitionId", "flow")).Audited("run.start").WithTags("runs");
        var run = Thing.Run("id");
        var runs = routes.MapGroup("/api/runs").WithTags("runs");
        runs.MapGet("", RunEndpoints.ListAsync).ForSignedIn();
        runs.MapGet("/{id}", RunEndpoints.FindAsync).Needs(Role.Viewer, run, orStep: true);
        runs.MapGet("/{id}/definition", RunEndpoints.DefinitionAsync).Needs(Role.Viewer, run);
        runs.MapGet("/{id}/journal", RunEndpoints.JournalAsync).Needs(Role.Viewer, run);
        runs.MapGet("/{id}/events", RunStreams.EventsAsync).Needs(Role.Viewer, run);
        runs.MapGet("/{id}/logs", LogStreams.LogsAsync).Needs(Role.Viewer, run);
        runs.MapGet("/{id}/ports/{activityId}/{port}", PortEndpoints.ValueAsync).Needs(Role.Viewer, run).AddEndpointFilter(Artifacts.ArtifactErrors.AsProblem);
        runs.MapPost("/{id}/step", DebugEndpoints.StepAsync).Needs(Role.Editor, run);
        runs.MapPost("/{id}/continue", DebugEndpoints.ContinueAsync).Needs(Role.Editor, run);
        runs.MapPost("/{id}/pause", DebugEndpoints.PauseAsync).Needs(Role.Editor, run);
        runs.MapPut("/{id}/breakpoints", DebugEndpoints.BreakAsync).Needs(Role.Editor, run);
        runs.MapPost("/{id}/cancel", RunEndpoints.CancelAsync).Needs(Role.Editor, run);
        runs.MapPost("/{id}/resume", ResumeEndpoints.ResumeAsync).Needs(Role.Editor, run);
        runs.MapPost("/{id}/rerun", ResumeEndpoints.RerunAsync).Needs(Role.Editor, run);
        routes.MapPost("/api/events/{name}", RunEndpoints.PublishAsync).Needs(Role.Editor, Thing.Chosen).Audited("event.publish").WithTags("runs");
        routes.MapPost("/api/bookmarks/{id}/resume", RunEndpoints.ResumeAsync).Needs(Role.Editor, Thing.Run("id", "bookmark")).WithTags("runs");
        routes.MapGet("/api/tasks", TaskEndpoints.ListAsync).ForSignedIn().WithTags("runs");
        routes.MapPost("/api/tasks/{id}/complete", TaskEndpoints.CompleteAsync).Needs(Role.Editor, Thing.Run("id", "task")).WithTags("runs");
        routes.MapGet("/api/activities", ActivityList.Of).ForSignedIn().WithTags("activities").Produces<IEnumerable<ActivityDescriptor>>();
        return routes;
    }
}
