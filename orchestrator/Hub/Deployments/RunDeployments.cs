using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Models;
using Flows.Hub.Access;
using Flows.Hub.Audit;
using Flows.Hub.Deployments.Environments;
using Flows.Hub.Models;
using Flows.Hub.Runners;
using Flows.Hub.Web;

namespace Flows.Hub.Deployments;

/// <summary>Deployments that runs make: each is held to what the run's author, or their heir, may by now, and recorded, wherever its step runs.</summary>
internal sealed class RunDeployments(DeploymentRegistry registry, EnvironmentBook environments, ActorBook actors, AuditLog audit)
{
    public IDeployments Of(StepIdentity step) => new OfStep(this, step);

    private async Task<Deployment> DeployAsync(DeploymentRequest request, StepIdentity step, CancellationToken cancellation)
    {
        var about = await environments.AboutAsync(step.ProjectId, request.Name, request.Environment, cancellation);
        var who = await actors.StandingAsync(step.Author, step.ProjectId, cancellation);
        try
        {
            await environments.RequireAsync(step.ProjectId, about, who, cancellation);
            var deployed = await registry.DeployAsync(request with { Environment = about[^1] }, Origin.Of(step), cancellation);
            await RecordAsync(request, step, who, about[^1], StatusCodes.Status200OK);
            return deployed;
        }
        catch (RequestFault refused)
        {
            await RecordAsync(request, step, who, about[^1], refused.Status);
            throw new ActivityFault($"This run counts as one of '{who.Name}'. {refused.Message}", refused);
        }
        catch (ActivityFault)
        {
            await RecordAsync(request, step, who, about[^1], StatusCodes.Status400BadRequest);
            throw;
        }
    }

    private Task<JsonNode?> AskAsync(string deployment, string route, JsonNode body, CancellationToken cancellation) => registry.AskAsync(deployment, route, body, cancellation);

    private Task RecordAsync(DeploymentRequest request, StepIdentity step, Standing who, string environment, int status) => audit.RecordAsync(new AuditEntry("deployment.create", "deployment", request.Name)
    {
        Actor = who.Name,
        ProjectId = step.ProjectId,
        Status = status,
        Details = new JsonObject { ["environment"] = environment, ["run"] = step.RunId },
    });

    private sealed class OfStep(RunDeployments all, StepIdentity step) : IDeployments
    {
        public Task<Deployment> DeployAsync(DeploymentRequest request, CancellationToken cancellation = default) => all.DeployAsync(request, step, cancellation);

        public Task<JsonNode?> AskAsync(string deployment, string route, JsonNode body, CancellationToken cancellation = default) => all.AskAsync(deployment, route, body, cancellation);
    }
}
