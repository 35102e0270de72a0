namespace Flows.Hub.Endpoints;

/// <summary>What starts published flows from outside, and flows as HTTP endpoints.</summary>
public static class EndpointsSlice
{
    public static IServiceCollection AddEndpoints(this IServiceCollection services) => services
        .AddSingleton<TriggerIndex>()
        .AddSingleton<HttpAnswers>()
        .AddSingleton<WaitingRequests>()
        .AddSingleton<HttpTriggers>()
        .AddHostedService<TriggerRebuild>();

    public static IEndpointRouteBuilder MapEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.Map(HttpTriggers.Root + "/{**path}", (HttpContext http, HttpTriggers triggers) => triggers.ServeAsync(http)).ExcludeFromDescription();
        return routes;
    }
}
