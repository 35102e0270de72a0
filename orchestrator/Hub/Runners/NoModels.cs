using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Models;

namespace Flows.Hub.Runners;

/// <summary>Until the model library is part of this server: a clear fault instead of a missing service.</summary>
internal sealed class NoModels : IModels, IDeployments
{
    public Task<ModelVersion> RegisterAsync(ModelRegistration registration, CancellationToken cancellation = default) => throw Missing();

    public Task<ModelVersion?> FindAsync(string name, int? version, CancellationToken cancellation = default) => throw Missing();

    public Task<Deployment> DeployAsync(DeploymentRequest request, CancellationToken cancellation = default) => throw Missing();

    public Task<JsonNode?> AskAsync(string deployment, string route, JsonNode body, CancellationToken cancellation = default) => throw Missing();

    private static ActivityFault Missing() => new("This server has no model library.");
}
