using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Models;
using Flows.Hub.Runners;
using Flows.Tests.Serving;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Models;

public sealed class ModelLibraryTests
{
    [Fact]
    public async Task Versions_count_up_and_never_change()
    {
        await using var hub = await TestHub.StartAsync();
        var model = await StoreAsync(hub, "one");

        var first = await RegisterAsync(hub, new ModelRegistration("digits", model) { Description = "first", Metrics = new Dictionary<string, double> { ["accuracy"] = 0.9 } });
        var second = await RegisterAsync(hub, new ModelRegistration("digits", await StoreAsync(hub, "two")) { Description = "second" });

        Assert.Equal((1, 2), (first.Version, second.Version));
        var versions = await hub.Http.GetFromJsonAsync<ModelVersion[]>("/api/models/digits", ContractJson.Options);
        Assert.Equal([2, 1], versions!.Select(found => found.Version));
        Assert.Equal(("first", 0.9, model.Sha256, "default", "local"), (versions![1].Description, versions[1].Metrics["accuracy"], versions[1].Model.Sha256, versions[1].ProjectId, versions[1].Author));
    }

    [Fact]
    public async Task The_newest_version_is_found_as_latest_and_listed_with_its_metrics()
    {
        await using var hub = await TestHub.StartAsync();
        await RegisterAsync(hub, new ModelRegistration("digits", await StoreAsync(hub, "one")));
        await RegisterAsync(hub, new ModelRegistration("digits", await StoreAsync(hub, "two")) { Metrics = new Dictionary<string, double> { ["f1"] = 0.5 } });

        var latest = await hub.Http.GetFromJsonAsync<ModelVersion>("/api/models/digits/versions/latest", ContractJson.Options);
        var listed = await hub.Http.GetFromJsonAsync<ModelSummary[]>("/api/models", ContractJson.Options);

        Assert.Equal(2, latest!.Version);
        Assert.Equal(("digits", 2, 0.5), (listed!.Single().Name, listed![0].LatestVersion, listed[0].Metrics["f1"]));
    }

    [Fact]
    public async Task An_alias_points_at_one_version_and_moves()
    {
        await using var hub = await TestHub.StartAsync();
        await RegisterAsync(hub, new ModelRegistration("digits", await StoreAsync(hub, "one")) { Aliases = ["champion"] });
        await RegisterAsync(hub, new ModelRegistration("digits", await StoreAsync(hub, "two")));

        await hub.Http.PutAsJsonAsync("/api/models/digits/aliases/champion", new { version = 2 });

        var champion = await hub.Http.GetFromJsonAsync<ModelVersion>("/api/models/digits/versions/champion", ContractJson.Options);
        var first = await hub.Http.GetFromJsonAsync<ModelVersion>("/api/models/digits/versions/1", ContractJson.Options);
        Assert.Equal(2, champion!.Version);
        Assert.Empty(first!.Aliases);
    }

    [Fact]
    public async Task A_step_that_is_carried_out_again_gets_the_version_it_registered()
    {
        await using var hub = await TestHub.StartAsync();
        var model = await StoreAsync(hub, "one");
        var step = hub.Services.GetRequiredService<Func<StepIdentity, IModels>>()(new StepIdentity("default", "ada", "flow", "run-1", "step-1"));

        var first = await step.RegisterAsync(new ModelRegistration("digits", model));
        var again = await step.RegisterAsync(new ModelRegistration("digits", model));

        Assert.Equal((1, 1), (first.Version, again.Version));
        Assert.Equal(("ada", "run-1", "step-1"), (again.Author, again.RunId, again.StepId));
    }

    [Fact]
    public async Task Registrations_at_once_get_numbers_of_their_own()
    {
        await using var hub = await TestHub.StartAsync();
        var models = hub.Services.GetRequiredService<IModels>();
        var model = await StoreAsync(hub, "one");

        var versions = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => models.RegisterAsync(new ModelRegistration("busy", model))));

        Assert.Equal(Enumerable.Range(1, 20), versions.Select(version => version.Version).Order());
    }

    [Theory]
    [InlineData("no/slash")]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("line\nbreak")]
    public async Task A_name_that_cannot_stand_in_an_address_is_refused(string name)
    {
        await using var hub = await TestHub.StartAsync();
        var model = await StoreAsync(hub, "one");

        var fault = await Assert.ThrowsAsync<ActivityFault>(() => hub.Services.GetRequiredService<IModels>().RegisterAsync(new ModelRegistration(name, model)));

        Assert.Contains("cannot name a model", fault.Message);
    }

    [Fact]
    public async Task What_is_not_there_answers_404_and_a_missing_artifact_400()
    {
        await using var hub = await TestHub.StartAsync();

        Assert.Equal(404, (int)(await hub.Http.GetAsync("/api/models/none")).StatusCode);
        Assert.Equal(404, (int)(await hub.Http.GetAsync("/api/models/none/versions/1")).StatusCode);
        Assert.Equal(404, (int)(await hub.Http.PutAsJsonAsync("/api/models/none/aliases/best", new { version = 1 })).StatusCode);
        var answer = await hub.Http.PostAsJsonAsync("/api/models", new ModelRegistration("digits", new Artifact(new string('0', 64), "Model", "m.zip", 1)), ContractJson.Options);
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains("upload the model first", (await answer.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!.GetValue<string>());
    }

    private static async Task<ModelVersion> RegisterAsync(TestHub hub, ModelRegistration registration)
    {
        var answer = await hub.Http.PostAsJsonAsync("/api/models", registration, ContractJson.Options);
        Assert.Equal(201, (int)answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<ModelVersion>(ContractJson.Options))!;
    }

    private static async Task<Artifact> StoreAsync(TestHub hub, string content)
    {
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder.File("model.zip"), content);
        return await hub.Services.GetRequiredService<IArtifacts>().PutFileAsync(folder.File("model.zip"), "Model");
    }
}
