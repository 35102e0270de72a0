using Flows.Contract.Models;
using Flows.Hub.Access;
using Flows.Hub.Audit;
using Flows.Hub.Storage;

namespace Flows.Hub.Deployments.Environments;

/// <summary>How a route states that it changes what is deployed; what it changes it in is then held to the environment's rule, and recorded.</summary>
internal static class EnvironmentRules
{
    public static RouteHandlerBuilder NeedsToDeploy(this RouteHandlerBuilder route, Thing of) => route.WithMetadata(new RouteRule.ToDeploy(of)).AddEndpointFilter(async (context, next) =>
    {
        var (http, arguments) = (context.HttpContext, context.Arguments);
        var request = arguments.OfType<DeploymentRequest>().FirstOrDefault();
        var environment = await RequireAsync(http, request?.Name ?? http.Request.RouteValues["name"] as string, request?.Environment);
        // What is deployed from here on is what was asked about, whatever others do meanwhile.
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] is DeploymentRequest asked) arguments[i] = asked with { Environment = environment };
        }
        return await next(context);
    });

    /// <summary>The environment in which whoever asks may change the deployment.</summary>
    /// <exception cref="Web.RequestFault">As of <see cref="EnvironmentBook.RequireAsync"/>.</exception>
    public static async Task<string> RequireAsync(HttpContext http, string? deployment, string? said)
    {
        var (book, project) = (http.RequestServices.GetRequiredService<EnvironmentBook>(), Sight.Current.ProjectId);
        var about = await book.AboutAsync(project, deployment, said, http.RequestAborted);
        AuditedRequest.Of(http).Note("environment", about[^1]);
        await book.RequireAsync(project, about, Standing.Of(http.Actor(), project), http.RequestAborted);
        return about[^1];
    }
}
