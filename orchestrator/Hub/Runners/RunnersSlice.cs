using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.DataSets;
using Flows.Contract.Models;
using Flows.Contract.Secrets;
using Flows.Engine;
using Flows.Hub.Access;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Hangfire;
using Hangfire.Dashboard;
using Hangfire.InMemory;
using Hangfire.PostgreSql;

namespace Flows.Hub.Runners;

/// <summary>Machines that carry out heavy steps; on a laptop there is one, this.</summary>
public static class RunnersSlice
{
    public static IServiceCollection AddRunners(this IServiceCollection services, HubOptions options)
    {
        services.AddJobs();
        services.AddSingleton(provider => LocalRunnerName.Of(options.Storage is null ? null : MachineName.Of(provider.GetRequiredService<DataFolder>().Path)));
        services.AddSingleton<HubAddress>();
        services.AddSingleton<IHubAddress>(provider => provider.GetRequiredService<HubAddress>());
        services.AddSingleton<LocalLink>();
        services.AddSingleton<IRunnerLink>(provider => provider.GetRequiredService<LocalLink>());
        services.AddWork(provider => provider.GetRequiredService<DataFolder>().Work, provider => provider.GetRequiredService<DataFolder>().File("environments"));
        services.AddSingleton<Func<StepAssignment, StepCapabilities>>(provider => step => HubCapabilities(provider, step.Identity));
        services.AddHostedService<LocalRunner>();
        services.AddTransport(options.Storage, creates: true);
        if (options is { Capacity: > 0, Storage: not null }) services.AddListener(options.Capacity, provider => provider.GetRequiredService<LocalRunnerName>().Name);
        return services;
    }

    /// <summary>Starts placing: after the runs were taken up, so that nothing is placed which no run waits for.</summary>
    public static IServiceCollection AddPlacing(this IServiceCollection services) => services.AddHostedService<Placer>();

    public static IEndpointRouteBuilder MapRunners(this IEndpointRouteBuilder routes)
    {
        RunnerEndpoints.Map(routes);
        StepEndpoints.Map(routes);
        // Its storage asks for the log, which this sets.
        routes.ServiceProvider.GetRequiredService<IGlobalConfiguration>();
        // Read-only; who sees it, the rule of its route says.
        routes.MapHangfireDashboard("/hangfire", new DashboardOptions
        {
            Authorization = [],
            IsReadOnlyFunc = _ => true,
            DashboardTitle = "Flows: queues of the runners",
        }, routes.ServiceProvider.GetRequiredService<JobStorage>()).ForAdministrators();
        return routes;
    }

    /// <summary>What carries out jobs, in a server or in a runner's own program.</summary>
    internal static IServiceCollection AddWork(this IServiceCollection services, Func<IServiceProvider, string> work, Func<IServiceProvider, string> environments)
    {
        MachineFacts.Begin();
        services.AddSingleton(provider => ActivityCatalog.Of(typeof(global::Flows.Library.LibraryAssembly).Assembly)
            .Allowing(provider.GetService<HubOptions>()?.CSharp == true || provider.GetRequiredService<IConfiguration>().GetValue("Expressions:CSharp", false)));
        services.AddSingleton<StepExecutor>(provider => new StepExecutor(provider.GetRequiredService<ActivityCatalog>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new StepHost(environments(provider)));
        services.AddSingleton(provider => new StepContexts(
            work(provider), provider.GetRequiredService<Func<StepAssignment, StepCapabilities>>(), provider.GetRequiredService<IHubAddress>(), provider.GetRequiredService<StepHost>())
        {
            Time = provider.GetRequiredService<TimeProvider>(),
        });
        services.AddSingleton<Workbench>();
        services.AddSingleton<StepQueue>();
        services.AddHostedService<EnvironmentRounds>();
        return services;
    }

    /// <summary>Hangfire, which takes placed jobs to runners in other processes, through the storage's own PostgreSQL. Without one there is nothing to take.</summary>
    internal static IServiceCollection AddTransport(this IServiceCollection services, string? storage, bool creates)
    {
        // Hangfire's own registrations share static storage and activator between all servers of a process.
        services.AddSingleton<JobActivator, RunnerActivator>();
        services.AddSingleton(_ => storage is null ? new InMemoryStorage(new InMemoryStorageOptions { MaxExpirationTime = TimeSpan.FromMinutes(1) }) : PostgresQueues.Open(storage, creates));
        services.AddHangfire((provider, hangfire) => hangfire.UseLogProvider(new HangfireLogs(provider.GetRequiredService<ILoggerFactory>())));
        return services;
    }

    /// <summary>Listens to a runner's own queue.</summary>
    internal static IServiceCollection AddListener(this IServiceCollection services, int capacity, Func<IServiceProvider, string> runner) => services.AddHangfireServer((provider, server) =>
    {
        server.ServerName = runner(provider);
        server.Queues = [StepQueue.Of(runner(provider))];
        server.WorkerCount = capacity;
        server.SchedulePollingInterval = TimeSpan.FromSeconds(5);
        server.ShutdownTimeout = TimeSpan.FromSeconds(10);
    });

    private static void AddJobs(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<JobOptions>().BindConfiguration("Jobs").ValidateDataAnnotations();
        services.AddSingleton<JobSignals>();
        services.AddSingleton<JobStore>();
        services.AddSingleton<JobPlaces>();
        services.AddSingleton<JobDesk>();
        services.AddSingleton<StepDurations>();
        services.AddSingleton<StepTokens>();
        services.AddSingleton<StepJobs>();
        services.AddSingleton<RunnerRegistry>();
        services.AddSingleton<RunnerWatch>();
        services.AddSingleton<Burial>();
        services.AddSingleton<RunnerRounds>();
        services.AddSingleton<RunnerToken>();
        services.AddSingleton<RunnerPasses>();
        services.AddSingleton<StepAccess>();
        services.AddSingleton<OneStepRunners>();
    }

    internal static StepCapabilities HubCapabilities(IServiceProvider services, StepIdentity step) => new(
        services.GetRequiredService<IArtifacts>(),
        services.GetRequiredService<Func<StepIdentity, IFlowFiles>>()(step),
        services.GetRequiredService<Func<StepIdentity, IDataSets>>()(step),
        services.GetRequiredService<Func<StepIdentity, IModels>>()(step),
        services.GetRequiredService<Func<StepIdentity, IDeployments>>()(step),
        services.GetRequiredService<ISecrets>())
    {
        Reproductions = services.GetRequiredService<Contract.Provenance.IReproductions>(),
    };
}
