using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.DataSets;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.DataSets;

/// <summary>Data sets: numbered versions that never change, from uploads and from steps.</summary>
public sealed class DataSetTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private TestHub Hub => shared.Hub;

    [Fact]
    public async Task Versions_count_up_and_the_newest_content_again_is_no_new_one()
    {
        var (first, second) = (await StoreAsync("one"), await StoreAsync("two"));

        var answers = new List<HttpStatusCode>();
        foreach (var data in new[] { first, second, second, first }) answers.Add((await PostAsync("counted", data)).StatusCode);

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Created], answers);
        var versions = await Hub.Http.GetFromJsonAsync<DataSetVersion[]>("/api/datasets/counted", ContractJson.Options);
        Assert.Equal([(3, first.Sha256), (2, second.Sha256), (1, first.Sha256)], versions!.Select(version => (version.Version, version.Data.Sha256)));
        Assert.Equal(("default", "local", null, 3L), (versions![0].ProjectId, versions[0].Author, versions[0].RunId, versions[0].Data.Size));
        Assert.Equal(2, (await Hub.Http.GetFromJsonAsync<DataSetVersion>("/api/datasets/counted/versions/2", ContractJson.Options))!.Version);
        Assert.Equal(3, (await Hub.Http.GetFromJsonAsync<DataSetVersion>("/api/datasets/counted/versions/latest", ContractJson.Options))!.Version);
        Assert.Equal(HttpStatusCode.NotFound, (await Hub.Http.GetAsync("/api/datasets/counted/versions/4")).StatusCode);
        Assert.Equal((3, 3L), (await Hub.Http.GetFromJsonAsync<DataSetSummary[]>("/api/datasets", ContractJson.Options))!.Where(set => set.Name == "counted").Select(set => (set.LatestVersion, set.Size)).Single());
    }

    [Fact]
    public async Task Registrations_at_once_get_a_number_each()
    {
        var stored = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => StoreAsync($"at once {i}")));

        await Task.WhenAll(stored.Select(data => PostAsync("crowded", data)));

        var versions = await Hub.Http.GetFromJsonAsync<DataSetVersion[]>("/api/datasets/crowded", ContractJson.Options);
        Assert.Equal(Enumerable.Range(1, 20), versions!.Select(version => version.Version).Order());
        Assert.Equal(20, versions!.Select(version => version.Data.Sha256).Distinct().Count());
    }

    [Fact]
    public async Task A_step_registers_what_it_is_given_and_another_reads_it()
    {
        var data = await StoreAsync("of a step") with { Kind = "Table", Rows = 7, Columns = [new TableColumn("a", "BIGINT")] };
        await Hub.ImportAsync(Some.Chain("registers",
            Some.Activity("register", "Flows.RegisterDataSet", ("dataSetName", Some.Text("made")), ("data", Script("getInput('Data')"))),
            Some.Activity("read", "Flows.DataSetSource", ("dataSetName", Some.Text("made"))),
            Some.Activity("line", "Elsa.WriteLine", ("text", Script("getOutputFrom('register', 'IsNew') + ' ' + getOutputFrom('read', 'ReadVersion') + ' ' + getOutputFrom('read', 'Data').rows")))));

        var first = await Hub.RunAsync("registers", new JsonObject { ["Data"] = data.ToJson() });
        var second = await Hub.RunAsync("registers", new JsonObject { ["Data"] = data.ToJson() });

        Assert.Equal(["true 1 7", "false 1 7"], [.. first.Lines, .. second.Lines]);
        var version = Assert.Single((await Hub.Http.GetFromJsonAsync<DataSetVersion[]>("/api/datasets/made", ContractJson.Options))!);
        Assert.Equal((first.Id, first.Steps.Single(step => step.ActivityId == "register").StepId, "a"), (version.RunId, version.StepId, version.Data.Columns!.Single().Name));
    }

    [Fact]
    public async Task What_cannot_be_a_version_is_refused_with_a_sentence()
    {
        var data = await StoreAsync("fine");

        Assert.Contains("cannot name a data set", await SaidAsync("no name", data));
        Assert.Contains("There is no artifact", await SaidAsync("odd", data with { Sha256 = new string('0', 64) }));
        Assert.Contains("A Model cannot be registered", await SaidAsync("odd", data with { Kind = "Model" }));
        await Hub.ImportAsync(Some.Chain("reads", Some.Activity("read", "Flows.DataSetSource", ("dataSetName", Some.Text("nowhere")))));
        Assert.Contains("no data set 'nowhere'", Assert.Single((await Hub.RunAsync("reads")).Incidents).Message);
    }

    private async Task<string> SaidAsync(string name, Artifact data)
    {
        var answer = await PostAsync(name, data);
        Assert.InRange((int)answer.StatusCode, 400, 499);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<Artifact> StoreAsync(string text) =>
        (await (await Hub.Http.PostAsync("/api/artifacts?name=rows.csv", new StringContent(text))).Content.ReadFromJsonAsync<Artifact>(ContractJson.Options))!;

    private Task<HttpResponseMessage> PostAsync(string name, Artifact data) => Hub.Http.PostAsJsonAsync("/api/datasets", new DataSetRegistration(name, data), ContractJson.Options);

    private static JsonObject Script(string script) => FlowInput.Wrap("Object", ExpressionTypes.JavaScript, script);
}
