using Flows.Hub.Access;

namespace Flows.Hub.Endpoints;

/// <summary>Flows as HTTP endpoints.</summary>
public static class EndpointsSlice
{
    public static IServiceCollection AddEndpoints(this IServiceCollection services) => services
        .AddSingleton<HttpAnswers>()
        .AddSingleton<WaitingRequests>()
        .AddSingleton<HttpTriggers>();

    public static IEndpointRouteBuilder MapEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.Map(HttpTriggers.Root + "/{**path}", (HttpContext http, HttpTriggers triggers) => triggers.ServeAsync(http)).ForAnyone().ExcludeFromDescription();
        return routes;
    }
}
