using Flows.Contract.Artifacts;
using Flows.Contract.Models;
using Flows.Hub.Access;
using Flows.Hub.Deployments.Environments;
using Flows.Hub.Models;
using Flows.Hub.Runners;
using Flows.Hub.Storage;
using Flows.Hub.Web;

namespace Flows.Hub.Deployments;

/// <summary>Deployments over HTTP; what they answer goes through the gateway.</summary>
public static class DeploymentsSlice
{
    public static IServiceCollection AddDeployments(this IServiceCollection services) => services
        .AddSingleton(provider => new DeploymentSite(
            provider.GetRequiredService<DataFolder>().Deployments,
            provider.GetRequiredService<IArtifacts>(),
            provider.GetRequiredService<ModelRegistry>(),
            provider.GetRequiredService<TimeProvider>())
        {
            IsShared = provider.GetRequiredService<HubOptions>().Storage is not null,
            Periods = provider.GetRequiredService<DeploymentPeriods>(),
            QuarantineOf = (version, cancellation) => provider.GetRequiredService<Provenance.Quarantine.BlastRadius>().ReasonAsync(version, cancellation),
        })
        .AddSingleton<DeploymentPeriods>()
        .AddSingleton<DeploymentRegistry>()
        .AddSingleton<IDeployments>(provider => provider.GetRequiredService<DeploymentRegistry>())
        .AddSingleton<EnvironmentBook>()
        .AddSingleton<RunDeployments>()
        .AddSingleton<Func<StepIdentity, IDeployments>>(provider => provider.GetRequiredService<RunDeployments>().Of)
        .AddHostedService(provider => provider.GetRequiredService<DeploymentRegistry>())
        .AddHostedService<DeploymentRounds>();

    public static IEndpointRouteBuilder MapDeployments(this IEndpointRouteBuilder routes)
    {
        var deployment = Thing.Of<DeploymentRow>("name", "deployment");
        var deployments = routes.MapGroup("/api/deployments").WithTags("deployments");
        deployments.MapGet("", (IDeployments all, CancellationToken cancellation) => ((DeploymentRegistry)all).ListAsync(cancellation)).ForSignedIn();
        deployments.MapPost("", async (DeploymentRequest request, IDeployments all, CancellationToken cancellation) => TypedResults.Ok(await all.DeployAsync(request, cancellation))).NeedsToDeploy(Thing.Chosen);
        deployments.MapGet("/{name}", (string name, IDeployments all, CancellationToken cancellation) =>
            WithAsync(all, name, async (registry, live) => TypedResults.Ok(await registry.DescribeAsync(live, cancellation)))).Needs(Role.Viewer, deployment);
        deployments.MapGet("/{name}/example", (string name, IDeployments all, CancellationToken cancellation) =>
            WithAsync(all, name, async (registry, live) => (await registry.DescribeAsync(live, cancellation)).Example is { } example
                ? TypedResults.Ok(example)
                : Problems.NotFound($"The model behind \"{name}\" names no example row."))).Needs(Role.Viewer, deployment);
        deployments.MapGet("/{name}/log", (string name, IDeployments all) =>
            WithAsync(all, name, (_, live) => Task.FromResult<IResult>(TypedResults.Text(live.LastWords)))).Needs(Role.Viewer, deployment);
        deployments.MapPost("/{name}/stop", (string name, IDeployments all, CancellationToken cancellation) => WithAsync(all, name, async (registry, live) =>
        {
            await registry.StopAsync(live);
            return TypedResults.Ok(await registry.DescribeAsync(live, cancellation));
        })).NeedsToDeploy(deployment);
        deployments.MapDelete("/{name}", (string name, IDeployments all) => WithAsync(all, name, async (registry, live) =>
        {
            await registry.DeleteAsync(live);
            return TypedResults.NoContent();
        })).NeedsToDeploy(deployment);
        EnvironmentEndpoints.Map(routes);
        return routes;
    }

    private static async Task<IResult> WithAsync(IDeployments all, string name, Func<DeploymentRegistry, LiveDeployment, Task<IResult>> answer)
    {
        var registry = (DeploymentRegistry)all;
        return await registry.FindAsync(name, CancellationToken.None) is { } live
            ? await answer(registry, live)
            : Problems.NotFound($"There is no deployment \"{name}\".");
    }
}
