using System.Text.Json.Nodes;
using Flows.Contract.Models;
using Flows.Hub.Models;

namespace Flows.Hub.Deployments;

/// <summary>Deployments on behalf of one step.</summary>
internal sealed class StepDeployments(DeploymentRegistry registry, Origin origin) : IDeployments
{
    public Task<Deployment> DeployAsync(DeploymentRequest request, CancellationToken cancellation = default) => registry.DeployAsync(request, origin, cancellation);

    public Task<JsonNode?> AskAsync(string deployment, string route, JsonNode body, CancellationToken cancellation = default) =>
        registry.AskAsync(deployment, route, body, cancellation);
}
