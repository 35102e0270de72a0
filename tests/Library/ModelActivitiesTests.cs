using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Library.Deployment;
using Flows.Library.Models;

namespace Flows.Tests.Library;

public sealed class ModelActivitiesTests : IDisposable
{
    private readonly Step _step = new();

    [Fact]
    public async Task A_model_is_registered_with_the_figures_of_its_evaluation()
    {
        var metrics = new Artifact(new string('0', 64), "Metrics", "metrics.json", 1) { Facts = new JsonObject { ["accuracy"] = 0.97, ["note"] = "x" } };

        var registered = await _step.RunAsync(new RegisterModel { Model = await ModelAsync(), ModelName = " digits ", Metrics = metrics.ToJson() });

        Assert.Equal(("digits", 3), (registered.RegisteredName, registered.RegisteredVersion));
        Assert.Equal([new("accuracy", 0.97)], _step.Registered!.Metrics);
        Assert.Contains("'modelName' is empty", (await _step.FaultAsync(new RegisterModel { Model = await ModelAsync() })).Message);
    }

    [Fact]
    public async Task A_deployment_takes_the_models_name_when_it_has_none_of_its_own()
    {
        var deployed = await _step.RunAsync(new DeployModel { Model = "digits", ModelVersion = 2 });

        Assert.Equal(("digits", "/serve/digits"), (deployed.Deployment, deployed.Url));
        Assert.Equal(2, _step.Deployed!.Version);
        Assert.Equal("first-try", (await _step.RunAsync(new DeployModel { Model = "digits", DeploymentName = "first-try" })).Deployment);
    }

    [Fact]
    public async Task The_first_rows_are_sent_as_instances_and_the_answer_is_logged()
    {
        var rows = await _step.TableAsync("select range as x, 'a' as kind from range(5)");

        var asked = await _step.RunAsync(new RequestPrediction { Deployment = "digits", Rows = rows, Count = 2 });

        Assert.Equal("v1/models/model:predict", _step.Asked!.Value.Route);
        Assert.Equal("""{"instances":[{"x":0,"kind":"a"},{"x":1,"kind":"a"}]}""", _step.Asked.Value.Body.ToJsonString());
        Assert.Equal("7", asked.Answer);
        Assert.Contains(_step.Lines, line => line.Text == """Answered: ["7"]""");
    }

    [Fact]
    public void Every_activity_of_the_library_has_a_descriptor_whose_properties_are_not_an_activitys_own()
    {
        var ours = ActivityCatalog.Of(typeof(DeployModel).Assembly).Descriptors.Where(descriptor => descriptor.Type.StartsWith("Flows.", StringComparison.Ordinal)).ToList();

        Assert.True(ours.Count >= 9);
        string[] taken = ["id", "name", "type", "version", "nodeId", "metadata", "customProperties", "canStartWorkflow", "runAsynchronously"];
        Assert.All(ours, descriptor => Assert.Empty(descriptor.Inputs.Select(input => input.Name).Concat(descriptor.Outputs.Select(output => output.Name)).Intersect(taken)));
        // An input and an output of one name would share a property in the flow file.
        Assert.All(ours, descriptor => Assert.Empty(descriptor.Inputs.Select(input => input.Name).Intersect(descriptor.Outputs.Select(output => output.Name))));
    }

    private async Task<Artifact> ModelAsync() => await _step.Store.PutFileAsync(Path.Combine(_step.FlowFiles, _step.File("model.zip", "x")), "Model");

    public void Dispose() => _step.Dispose();
}
