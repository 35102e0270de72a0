using Flows.Hub.Access;
using Flows.Hub.Runs;
using Flows.Hub.Triggers.Clock;
using Flows.Hub.Triggers.Watches;
using Flows.Hub.Triggers.Watches.Buckets;
using Flows.Hub.Triggers.Watches.Code;
using Flows.Hub.Triggers.Watches.Files;
using Flows.Hub.Triggers.Watches.Inside;
using Flows.Hub.Triggers.Watches.Queries;
using Flows.Hub.Triggers.Webhooks;

namespace Flows.Hub.Triggers;

/// <summary>What starts published flows: which of them starts by what, and when it did.</summary>
public static class TriggersSlice
{
    public static IServiceCollection AddTriggers(this IServiceCollection services) => services
        .AddSingleton<TriggerIndex>()
        .AddSingleton<TriggerStates>()
        .AddHostedService<TriggerRebuild>()
        .AddSingleton<FireBook>()
        .AddSingleton<TriggerBook>()
        .AddSingleton<TriggerSecrets>()
        .AddHostedService<FireRounds>()
        .AddSingleton<RequestFires>()
        .AddHostedService(provider => provider.GetRequiredService<RequestFires>())
        .AddSingleton<DueTriggers>()
        .AddSingleton<ScheduleAlarm>()
        .AddHostedService<ScheduleRounds>()
        .AddSingleton<WebhookTokens>()
        .AddSingleton<TriggerLooks>()
        .AddSingleton<WebhookEndpoints>()
        .AddWatches();

    private static IServiceCollection AddWatches(this IServiceCollection services) => services
        .AddSingleton<Reach>()
        .AddSingleton<BucketConnection>()
        .AddSingleton<IWatchKind, FilesChanged>()
        .AddSingleton<IWatchKind, BucketChanged>()
        .AddSingleton<IWatchKind, QueryChanged>()
        .AddSingleton<IWatchKind, Notified>()
        .AddSingleton<IWatchKind, CodeChanged>()
        .AddSingleton<IWatchKind, RunFinished>()
        .AddSingleton<IWatchKind, ModelChanged>()
        .AddSingleton<IWatchKind, DataSetChanged>()
        .AddSingleton<WatcherSeats>()
        .AddSingleton<Watching>()
        .AddHostedService<Watchers>();

    public static IEndpointRouteBuilder MapTriggers(this IEndpointRouteBuilder routes)
    {
        var flow = Thing.Of<Flows.FlowRow>("definitionId", "flow");
        var triggers = routes.MapGroup("/api/triggers").WithTags("triggers");
        triggers.MapGet("", TriggerEndpoints.ListAsync).ForSignedIn();
        triggers.MapGet("/{definitionId}/{activityId}/fires", TriggerEndpoints.FiresAsync).Needs(Role.Viewer, flow);
        triggers.MapPost("/{definitionId}/{activityId}/fire", TriggerEndpoints.FireAsync).Needs(Role.Editor, flow);
        triggers.MapPost("/{definitionId}/{activityId}/token", WebhookEndpoints.IssueAsync).Needs(Role.Operator, flow);
        routes.MapPost("/hooks/{token}", (string token, HttpRequest request, WebhookEndpoints hooks, RunHost host, CancellationToken cancellation) => hooks.ReceiveAsync(token, request, host, cancellation)).ForAnyone().WithTags("triggers");
        return routes;
    }
}
