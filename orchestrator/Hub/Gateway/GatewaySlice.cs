using Flows.Hub.Access;
using Flows.Hub.Deployments;
using Flows.Hub.Gateway.Predictions;

namespace Flows.Hub.Gateway;

/// <summary>One address for every deployment: <c>/serve/{deployment}/…</c> goes to the model server that answers for it now.</summary>
public static class GatewaySlice
{
    public static IServiceCollection AddGateway(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<PredictionOptions>().BindConfiguration("Predictions").ValidateDataAnnotations();
        return services.AddSingleton<PredictionLog>().AddHostedService(provider => provider.GetRequiredService<PredictionLog>()).AddSingleton<Proxy>();
    }

    public static IEndpointRouteBuilder MapGateway(this IEndpointRouteBuilder routes)
    {
        routes.Map("/serve/{deployment}/{**rest}", (HttpContext http, string deployment, string? rest) =>
            http.RequestServices.GetRequiredService<Proxy>().ForwardAsync(http, deployment, rest ?? "v2")).Needs(Role.Viewer, Thing.Of<DeploymentRow>("deployment", "deployment")).ExcludeFromDescription();
        return routes;
    }
}
