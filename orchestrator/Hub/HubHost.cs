using System.Text.Json;
using Flows.Contract;
using Flows.Hub.Access;
using Flows.Hub.Alerts;
using Flows.Hub.Approvals;
using Flows.Hub.Artifacts;
using Flows.Hub.Audit;
using Flows.Hub.Backfills;
using Flows.Hub.Cache;
using Flows.Hub.DataSets;
using Flows.Hub.Deployments;
using Flows.Hub.Endpoints;
using Flows.Hub.Flows;
using Flows.Hub.Gateway;
using Flows.Hub.Library;
using Flows.Hub.Logs;
using Flows.Hub.Models;
using Flows.Hub.Orchestrators;
using Flows.Hub.Presence;
using Flows.Hub.Provenance;
using Flows.Hub.Records;
using Flows.Hub.Reproductions;
using Flows.Hub.Retention;
using Flows.Hub.Runners;
using Flows.Hub.Runs;
using Flows.Hub.Secrets;
using Flows.Hub.Starts;
using Flows.Hub.Storage;
using Flows.Hub.Sync;
using Flows.Hub.Tracking;
using Flows.Hub.Triggers;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Flows.Hub;

/// <summary>The server, put together from its slices: the same for the command line and for tests.</summary>
public static class HubHost
{
    /// <exception cref="DataFolderOwned">Another server has the data folder.</exception>
    public static WebApplication Build(HubOptions options, Action<WebApplicationBuilder>? configure = null)
    {
        var data = DataFolder.Own(options.Data);
        var database = new OpeningDatabase(data, options.Storage);
        try { return Build(options, configure, data, database); }
        catch
        {
            // Where it cannot be used, that is what broke the rest.
            try { database.Wait(); }
            finally { data.Dispose(); }
            throw;
        }
    }

    /// <summary>Waits for Ctrl-C or SIGTERM and stops.</summary>
    public static Task UntilStoppedAsync(this WebApplication app, CancellationToken cancellation) => Stopping.EvenIfLateAsync(() => app.WaitForShutdownAsync(cancellation));

    private static WebApplication Build(HubOptions options, Action<WebApplicationBuilder>? configure, DataFolder data, OpeningDatabase database)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = typeof(HubHost).Assembly.GetName().Name, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(options.Settings);
        options = options with { Orchestrators = builder.Configuration.GetSection("Orchestrators").Get<OrchestratorOptions>() ?? options.Orchestrators };
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.UseUrls(options.Urls.Split(';'));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        PlainConsole.AddTo(builder.Logging);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Hangfire", LogLevel.Warning).AddFilter("System", LogLevel.Warning)
            // Who shows a token that is worth nothing is answered; a line for each would be a gift to whoever floods.
            .AddFilter(typeof(ActorHandler).FullName, LogLevel.Warning)
            // That the key ring lies unencrypted in its folder is what the guide says, not news at every start.
            .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        AddServices(builder, options, data, database);
        configure?.Invoke(builder);
        var app = builder.Build();
        try { Open(app, database); }
        catch { app.DisposeAsync().AsTask().Wait(); throw; }
        app.Lifetime.ApplicationStarted.Register(() => Announce(app, data));
        app.Lifetime.ApplicationStopped.Register(data.Dispose);
        return app;
    }

    // Most routes do not need the database.
    private static void Open(WebApplication app, OpeningDatabase database)
    {
        var artifacts = Task.Run(() => { database.Wait(); app.Services.OpenArtifacts(); });
        MapRoutes(app);
        artifacts.GetAwaiter().GetResult();
        app.MapRunners();
    }

    private static void AddServices(WebApplicationBuilder builder, HubOptions options, DataFolder data, OpeningDatabase database) => builder.Services
        .AddSingleton(options)
        .AddSingleton(TimeProvider.System)
        // What takes longer to stop is left behind: the journal has what the next start needs.
        .Configure<HostOptions>(host => host.ShutdownTimeout = options.Orchestrators.Drain + TimeSpan.FromSeconds(10))
        .ConfigureHttpJsonOptions(json => Use(json.SerializerOptions))
        // A body that cannot be read reaches FaultHandler, which says why, instead of an empty 400.
        .Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true)
        .AddProblemDetails()
        .AddExceptionHandler<FaultHandler>()
        .AddOpenApi()
        .AddStorage(data, database)
        .AddAccess(options, builder.Configuration)
        .AddOrchestrators(options)
        .AddAudit()
        .AddSecrets(data, options)
        .AddFlows()
        .AddPresence()
        .AddLibrary(options)
        .AddArtifacts(data.Path, options.Artifacts, builder.Configuration)
        .AddLogs(options)
        .AddTracking(data, options)
        .AddSync()
        .AddCache()
        .AddApprovals()
        .AddStarts()
        .AddBackfills()
        .AddRetention()
        .AddRecords()
        .AddReproductions()
        .AddDataSets()
        .AddModels()
        .AddDeployments()
        .AddGateway()
        .AddProvenance()
        .AddRunners(options)
        .AddRuns()
        .AddTriggers()
        .AddEndpoints()
        .AddPlacing();

    private static void MapRoutes(WebApplication app)
    {
        app.UseMiddleware<SecurityHeaders>();
        app.UseExceptionHandler();
        app.UseAccess();
        app.MapHealth();
        app.MapAccess();
        app.MapFlows();
        app.MapPresence();
        app.MapLibrary();
        app.MapArtifacts();
        app.MapRuns();
        app.MapTracking();
        app.MapSync();
        app.MapApprovals();
        app.MapSecrets();
        app.MapAudit();
        app.MapBackfills();
        app.MapOrchestrators();
        app.MapRetention();
        app.MapRecords();
        app.MapReproductions();
        app.MapDataSets();
        app.MapModels();
        app.MapDeployments();
        app.MapGateway();
        app.MapProvenance();
        app.MapTriggers();
        app.MapAlerts();
        app.MapEndpoints();
        app.MapOpenApi().ForSignedIn();
        app.MapDesigner();
    }

    private static void Use(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = ContractJson.Options.PropertyNamingPolicy;
        options.DefaultIgnoreCondition = ContractJson.Options.DefaultIgnoreCondition;
        options.Encoder = ContractJson.Options.Encoder;
        options.NumberHandling = ContractJson.Options.NumberHandling;
        options.MaxDepth = ContractJson.MaxDepth;
        foreach (var converter in ContractJson.Options.Converters) options.Converters.Add(converter);
    }

    private static void Announce(WebApplication app, DataFolder data)
    {
        var url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        app.Services.GetRequiredService<HubAddress>().Url = url;
        data.Announce(url);
    }
}
