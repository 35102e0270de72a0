using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Models;
using Flows.Contract.Provenance.Graphs;
using Flows.Tests.Support;

namespace Flows.Tests.Provenance;

/// <summary>Something is bad: all that came of it is found, held, and let out again.</summary>
[Collection(TracedDigits.Name)]
public sealed class QuarantineTests(TracedDigits digits)
{
    private HttpClient Http => digits.Hub.Http;

    [Fact]
    public async Task What_came_of_bad_data_is_held_and_let_out_again()
    {
        var report = await MarkAsync(TraceKinds.Artifact, digits.Raw, "half of the rows are made up");

        var held = report.Things.Select(thing => $"{thing.Kind}/{thing.Id}").ToList();
        Assert.Contains($"modelVersion/{digits.Model.Name}:{digits.Model.Version}", held);
        Assert.Contains($"deployment/{digits.Deployment}", held);
        Assert.Contains($"run/{digits.Run.Id}", held);
        Assert.Contains("half of the rows", (await DeploymentAsync()).Quarantine);
        Assert.Contains("half of the rows", (await Http.GetFromJsonAsync<ModelVersion>($"/api/models/{digits.Model.Name}/versions/latest", ContractJson.Options))!.Quarantine);
        var refused = await DeployAsync(allowed: false);
        Assert.Contains("is in quarantine", await refused.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await DeployAsync(allowed: true)).StatusCode);
        Assert.NotNull((await digits.TraceAsync(TraceKinds.Prediction, TracedDigits.Question)).Nodes.Single(node => node.Kind == TraceKinds.ModelVersion).Quarantine);
        Assert.Contains(await Http.GetFromJsonAsync<QuarantineReport[]>("/api/quarantine", ContractJson.Options) ?? [], one => one.Cause == report.Cause);

        Assert.Equal(HttpStatusCode.NoContent, (await Http.DeleteAsync($"/api/quarantine/artifact/{digits.Raw}")).StatusCode);

        Assert.Null((await DeploymentAsync()).Quarantine);
        Assert.Equal(HttpStatusCode.OK, (await DeployAsync(allowed: false)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Http.DeleteAsync($"/api/quarantine/artifact/{digits.Raw}")).StatusCode);
        var audit = (await Http.GetFromJsonAsync<JsonArray>("/api/audit?kind=quarantine"))!;
        Assert.Equal(["quarantine.mark", "quarantine.undo"], audit.Where(row => (int)row!["status"]! < 300).Select(row => (string)row!["action"]!).Distinct());
        Assert.Contains(audit, row => ((string?)row!["details"]?["reason"])?.Contains("half of the rows", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task What_is_made_of_bad_data_later_is_held_too()
    {
        var data = await digits.StoreAsync("late");
        (await Http.PostAsJsonAsync("/api/datasets", new Flows.Contract.DataSets.DataSetRegistration("late", data), ContractJson.Options)).EnsureSuccessStatusCode();
        await MarkAsync(TraceKinds.DataSet, "late:1", "wrong year");
        var later = await RegisterAsync(data);

        var refused = await DeployAsync(allowed: false, later.Name);

        Assert.Contains("wrong year", await refused.Content.ReadAsStringAsync());
        (await Http.DeleteAsync("/api/quarantine/dataset/late:1")).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task Trying_holds_nothing_and_nonsense_is_refused()
    {
        var tried = await (await PostAsync(new QuarantineRequest(TraceKinds.Artifact, digits.Raw, "what if") { Try = true })).Content.ReadFromJsonAsync<QuarantineReport>(ContractJson.Options);

        Assert.Contains(tried!.Things, thing => thing.Kind == TraceKinds.Deployment);
        Assert.Null((await DeploymentAsync()).Quarantine);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(new QuarantineRequest(TraceKinds.DataSet, "../x", "bad"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(new QuarantineRequest(TraceKinds.Artifact, digits.Raw, " "))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await Http.PostAsJsonAsync("/api/quarantine", new { })).StatusCode);
    }

    // A model made by a step that read the data set, as far as its trace goes: the step registers the data set's own bytes.
    private async Task<ModelVersion> RegisterAsync(Flows.Contract.Artifacts.Artifact data)
    {
        await digits.Hub.ImportAsync(Some.Chain("late-model",
            Some.Activity("read", "Flows.DataSetSource", ("dataSetName", Some.Text("late"))),
            Some.Activity("keep", "Flows.RegisterModel", ("modelName", Some.Text("late-model")), ("model", Flows.Contract.Definitions.FlowInput.Wrap("Object", Flows.Contract.Definitions.ExpressionTypes.JavaScript,
                "(() => { const data = getOutputFrom('read', 'Data'); return { ...data, kind: 'Model', facts: { format: 'onnx', task: 'regression' } }; })()")))));
        var run = await digits.Hub.RunAsync("late-model");
        Assert.Empty(run.Incidents.Select(incident => incident.Message));
        Assert.NotEmpty(data.Sha256);
        return (await Http.GetFromJsonAsync<ModelVersion>("/api/models/late-model/versions/latest", ContractJson.Options))!;
    }

    private async Task<QuarantineReport> MarkAsync(string kind, string id, string reason)
    {
        var answer = await PostAsync(new QuarantineRequest(kind, id, reason));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<QuarantineReport>(ContractJson.Options))!;
    }

    private Task<HttpResponseMessage> PostAsync(QuarantineRequest request) => Http.PostAsJsonAsync("/api/quarantine", request, ContractJson.Options);

    private Task<HttpResponseMessage> DeployAsync(bool allowed, string? model = null) =>
        Http.PostAsJsonAsync("/api/deployments", new DeploymentRequest(digits.Deployment, model ?? digits.Model.Name, null) { AllowQuarantined = allowed }, ContractJson.Options);

    private async Task<Deployment> DeploymentAsync() => (await Http.GetFromJsonAsync<Deployment>($"/api/deployments/{digits.Deployment}", ContractJson.Options))!;
}
