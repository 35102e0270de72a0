using Flows.Contract.Activities;
using Flows.Engine;
using Hangfire;
using Hangfire.InMemory;

namespace Flows.Hub.Runners;

/// <summary>Machines that carry out heavy steps; on a laptop there is one, this.</summary>
public static class RunnersSlice
{
    public static IServiceCollection AddRunners(this IServiceCollection services, HubOptions options)
    {
        services.AddSingleton(ActivityCatalog.Of(typeof(global::Flows.Library.LibraryAssembly).Assembly));
        services.AddSingleton<StepExecutor>(provider => new StepExecutor(provider.GetRequiredService<ActivityCatalog>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new StepHost(provider.GetRequiredService<Storage.DataFolder>().File("environments")));
        services.AddSingleton<StepContexts>();
        services.AddSingleton<StepJobs>();
        services.AddSingleton<LocalRunner>();
        services.AddSingleton<HubAddress>();
        // Hangfire's own registrations share static storage and activator between all servers of a process.
        services.AddSingleton<JobActivator, RunnerActivator>();
        services.AddSingleton<JobStorage>(_ => new InMemoryStorage(new InMemoryStorageOptions { MaxExpirationTime = TimeSpan.FromMinutes(1) }));
        services.AddHangfire(_ => { });
        services.AddHangfireServer(server =>
        {
            server.WorkerCount = options.Capacity;
            server.SchedulePollingInterval = TimeSpan.FromSeconds(5);
            server.ShutdownTimeout = TimeSpan.FromSeconds(10);
        });
        return services;
    }

    public static IEndpointRouteBuilder MapRunners(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/runners", (HubOptions options, StepJobs jobs) => TypedResults.Ok(new[]
        {
            new RunnerRecord(LocalRunner.Name, "online", options.Capacity, jobs.Open, []),
        })).WithTags("runners");
        return routes;
    }
}

/// <param name="Capacity">Steps it carries out at once.</param>
/// <param name="Open">Steps that it has or that wait for it.</param>
public sealed record RunnerRecord(string Name, string Status, int Capacity, int Open, IReadOnlyList<string> Labels);
