using System.Text.Json.Nodes;
using Flows.Contract.Models;

namespace Flows.Designer.Api;

public sealed partial class FlowsApi
{
    public Task<IReadOnlyList<ModelSummary>> ModelsAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<ModelSummary>>("api/models", cancellation);

    public Task<IReadOnlyList<ModelVersion>> ModelAsync(string name, CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<ModelVersion>>($"api/models/{Escape(name)}", cancellation);

    public Task<IReadOnlyList<Deployment>> DeploymentsAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<Deployment>>("api/deployments", cancellation);

    /// <summary>Environments of the shown project, and whether one may deploy there.</summary>
    public Task<IReadOnlyList<DeploymentEnvironment>> EnvironmentsAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<DeploymentEnvironment>>("api/environments", cancellation);

    public Task SaveEnvironmentAsync(DeploymentEnvironment environment, CancellationToken cancellation = default) =>
        PutAsync($"api/environments/{Escape(environment.Name)}", new EnvironmentRequest(environment.Role, environment.People, environment.Groups), cancellation);

    public Task RemoveEnvironmentAsync(string name, CancellationToken cancellation = default) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"api/environments/{Escape(name)}"), cancellation);

    public Task<Deployment> DeployAsync(DeploymentRequest request, CancellationToken cancellation = default) =>
        PostAsync<Deployment>("api/deployments", request, cancellation);

    public Task RemoveDeploymentAsync(string name, CancellationToken cancellation = default) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"api/deployments/{Escape(name)}"), cancellation);

    /// <summary>Asks a deployment through the gateway, TensorFlow style.</summary>
    public Task<JsonNode> PredictAsync(Deployment deployment, JsonNode body, CancellationToken cancellation = default) =>
        PostAsync<JsonNode>(PredictPath(deployment), body, cancellation);

    public static string PredictPath(Deployment deployment) => $"{deployment.Path.TrimStart('/')}/v1/models/{Escape(deployment.Model)}:predict";
}
