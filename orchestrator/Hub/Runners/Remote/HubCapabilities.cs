using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.DataSets;
using Flows.Contract.Models;
using Flows.Contract.Secrets;
using Flows.Hub.Artifacts;
using Flows.Hub.Flows;

namespace Flows.Hub.Runners;

/// <summary>The flow's and the project's files, fetched into a folder that goes with the step; a script with those that it may import.</summary>
/// <param name="artifacts">Gives their bytes, and keeps them as long as the step's folder.</param>
internal sealed class HubFiles(HubHttp http, StepAssignment step, IArtifacts artifacts, string folder) : IFlowFiles
{
    public async Task<string> FetchAsync(string path, CancellationToken cancellation = default)
    {
        // As on the server: an absolute path is one of the machine that carries the step out.
        if (Path.IsPathRooted(path)) return File.Exists(path) ? path : throw new ActivityFault($"There is no file '{path}' on this runner.");
        var view = Path.Combine(folder, Guid.NewGuid().ToString("N"));
        foreach (var file in await ListAsync(path, cancellation))
        {
            var link = ArtifactFolder.Inside(view, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(link)!);
            File.CreateSymbolicLink(link, await artifacts.FetchAsync(new Artifact(file.Sha256, "File", Path.GetFileName(file.Path), file.Size), cancellation));
        }
        return ArtifactFolder.Inside(view, FlowPath.Of(path).Text);
    }

    private async Task<IReadOnlyList<FlowFileEntry>> ListAsync(string path, CancellationToken cancellation)
    {
        using var answer = await http.GetAsync(step.Token, $"api/steps/{step.StepId}/files/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}", cancellation);
        await HubHttp.DemandAsync(answer, cancellation);
        return (await answer.Content.ReadFromJsonAsync<IReadOnlyList<FlowFileEntry>>(ContractJson.Options, cancellation))!;
    }
}

/// <summary>Data sets over HTTP, on behalf of one step.</summary>
internal sealed class HubDataSets(HubHttp http, StepAssignment step) : IDataSets
{
    public async Task<DataSetVersion> RegisterAsync(DataSetRegistration registration, CancellationToken cancellation = default) =>
        (await http.DoAsync<DataSetVersion>(step.Token, $"api/steps/{step.StepId}/datasets", registration, cancellation))!;

    public Task<DataSetVersion?> FindAsync(string name, int? version, CancellationToken cancellation = default) =>
        http.FindAsync<DataSetVersion>(step.Token, $"api/steps/{step.StepId}/datasets/{Uri.EscapeDataString(name)}{(version is null ? "" : $"?version={version}")}", cancellation);
}

/// <summary>The model library over HTTP, on behalf of one step.</summary>
internal sealed class HubModels(HubHttp http, StepAssignment step) : IModels
{
    public async Task<ModelVersion> RegisterAsync(ModelRegistration registration, CancellationToken cancellation = default) =>
        (await http.DoAsync<ModelVersion>(step.Token, $"api/steps/{step.StepId}/models", registration, cancellation))!;

    public Task<ModelVersion?> FindAsync(string name, int? version, CancellationToken cancellation = default) =>
        http.FindAsync<ModelVersion>(step.Token, $"api/steps/{step.StepId}/models/{Uri.EscapeDataString(name)}{(version is null ? "" : $"?version={version}")}", cancellation);
}

/// <summary>The secrets that one step names, over HTTP with its own token.</summary>
internal sealed class HubSecrets(HubHttp http, StepAssignment step) : ISecrets
{
    public async ValueTask<string?> FindAsync(string projectId, string name, CancellationToken cancellation = default) =>
        (await http.FindAsync<SecretValue>(step.Token, $"api/steps/{step.StepId}/secrets/{Uri.EscapeDataString(name)}", cancellation))?.Value;
}

/// <summary>Deployments over HTTP, on behalf of one step.</summary>
internal sealed class HubDeployments(HubHttp http, StepAssignment step) : IDeployments
{
    public async Task<Deployment> DeployAsync(DeploymentRequest request, CancellationToken cancellation = default) =>
        (await http.DoAsync<Deployment>(step.Token, $"api/steps/{step.StepId}/deployments", request, cancellation))!;

    public Task<JsonNode?> AskAsync(string deployment, string route, JsonNode body, CancellationToken cancellation = default) =>
        http.DoAsync<JsonNode>(step.Token, $"api/steps/{step.StepId}/deployments/{Uri.EscapeDataString(deployment)}/ask?route={Uri.EscapeDataString(route)}", body, cancellation);
}
