using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.Models;
using Flows.Hub;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Serving;

/// <summary>Two orchestrators on one PostgreSQL, with their artifacts in one folder.</summary>
public sealed class SharedDeploymentTests(PostgresServer postgres) : IDisposable
{
    private const string Rose = """{"instances":[{"size":9,"colour":"red"}]}""";
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_deployment_answers_at_every_orchestrator_follows_a_new_version_and_goes_everywhere()
    {
        var options = new HubOptions { Storage = await postgres.NewDatabaseAsync(), Artifacts = Path.Combine(_folder.Path, "artifacts") };
        await using var here = await TestHub.StartAsync(options: options);
        await using var there = await TestHub.StartAsync(options: options);
        await RegisterAsync(here);
        var deployments = here.Services.GetRequiredService<IDeployments>();

        await deployments.DeployAsync(new DeploymentRequest("garden", "flowers", 1));
        await Eventually.TrueAsync(() => AnswersAsync(there), seconds: 30);

        await RegisterAsync(here);
        await deployments.DeployAsync(new DeploymentRequest("garden", "flowers", 2));
        await Eventually.TrueAsync(async () => (await ReadAsync(there))?.Version == 2 && await AnswersAsync(there), seconds: 30);

        Assert.Equal(HttpStatusCode.NoContent, (await there.Http.DeleteAsync("/api/deployments/garden")).StatusCode);
        await Eventually.TrueAsync(async () => await ReadAsync(here) is null && !await AnswersAsync(here), seconds: 30);
    }

    private async Task RegisterAsync(TestHub hub)
    {
        var facts = TinyModels.FlowerFacts.DeepClone().AsObject();
        facts["example"] = new JsonObject { ["size"] = 9, ["colour"] = "red" };
        var stored = await hub.Services.GetRequiredService<IArtifacts>().PutFileAsync(TinyModels.Flowers(_folder), "Model");
        await hub.Services.GetRequiredService<IModels>().RegisterAsync(new ModelRegistration("flowers", stored with { Facts = facts }));
    }

    private static async Task<Deployment?> ReadAsync(TestHub hub)
    {
        using var answer = await hub.Http.GetAsync("/api/deployments/garden");
        return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<Deployment>(ContractJson.Options) : null;
    }

    private static async Task<bool> AnswersAsync(TestHub hub)
    {
        using var answer = await hub.Http.PostAsync("/serve/garden/v1/models/model:predict", new StringContent(Rose));
        return answer.IsSuccessStatusCode;
    }
}
