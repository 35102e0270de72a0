using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.DataSets;
using Flows.Contract.Definitions;
using Flows.Contract.Provenance.Graphs;
using Flows.Hub.DataSets;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.DataSets;

/// <summary>Versions of data sets: what they are called, what is not the same in two of them, how long they stay.</summary>
public sealed class DataSetUseTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private HttpClient Http => shared.Hub.Http;

    [Fact]
    public async Task An_alias_points_at_one_version_and_may_be_moved()
    {
        await RegisterAsync("named", "one", "two");

        Assert.Equal(HttpStatusCode.NoContent, (await AliasAsync("named", "reviewed", 1)).StatusCode);
        Assert.Equal(1, (await FindAsync("named", "reviewed")).Version);
        await AliasAsync("named", "reviewed", 2);

        Assert.Equal(["reviewed"], (await FindAsync("named", "2")).Aliases);
        Assert.Empty((await FindAsync("named", "1")).Aliases);
        Assert.Equal(HttpStatusCode.NotFound, (await AliasAsync("named", "reviewed", 3)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await AliasAsync("named", "7", 1)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await AliasAsync("named", "latest", 1)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await Http.DeleteAsync("/api/datasets/named/aliases/reviewed")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync("/api/datasets/named/versions/reviewed")).StatusCode);
    }

    [Fact]
    public async Task The_difference_counts_rows_and_names_columns()
    {
        await TableAsync("weather", "city,rain\nOslo,1\nRome,2\nRome,2\n");
        await TableAsync("weather", "city,rain\nOslo,1\nRome,2\nBonn,\n");
        await TableAsync("weather", "city,wind\nOslo,1\n");

        var rows = await DifferenceAsync("weather", "from=1&to=2");
        var columns = await DifferenceAsync("weather", "");

        Assert.Equal((3L, 3L, 1L, 1L, false), (rows.RowsBefore, rows.RowsAfter, rows.RowsRemoved, rows.RowsAdded, rows.IsSame));
        Assert.Equal([("rain", 0L, 1L)], rows.Columns.Where(column => column.Before!.Missing != column.After!.Missing).Select(column => (column.Name, column.Before!.Missing, column.After!.Missing)));
        Assert.Equal((2, 3, null), (columns.From, columns.To, columns.RowsAdded));
        Assert.Equal([("wind", true), ("rain", false)], columns.Columns.Where(column => column.Before is null || column.After is null).Select(column => (column.Name, column.Before is null)));
        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync("/api/datasets/weather/difference?from=9")).StatusCode);
    }

    [Fact]
    public async Task Old_versions_go_but_those_that_something_names()
    {
        await RegisterAsync("aged", "a", "b", "c", "d", "e");
        await AliasAsync("aged", "kept", 1);
        await shared.Hub.ImportAsync(Some.Chain("uses-b", Some.Activity("read", "Flows.DataSetSource", ("dataSetName", Some.Text("aged")), ("dataSetVersion", FlowInput.Wrap("Int32", ExpressionTypes.Literal, 2)))));
        await shared.Hub.RunAsync("uses-b");

        var kept = await (await Http.PutAsJsonAsync("/api/datasets/aged/retention", new DataSetKeeping(2, 0), ContractJson.Options)).Content.ReadFromJsonAsync<DataSetKeeping>(ContractJson.Options);
        await shared.Hub.Services.GetRequiredService<DataSetRetention>().PruneAsync(CancellationToken.None);

        Assert.Equal([3], kept!.WouldGo);
        Assert.Equal([5, 4, 2, 1], (await Http.GetFromJsonAsync<DataSetVersion[]>("/api/datasets/aged", ContractJson.Options))!.Select(version => version.Version));
        Assert.Equal(HttpStatusCode.BadRequest, (await Http.PutAsJsonAsync("/api/datasets/aged/retention", new DataSetKeeping(0, 0), ContractJson.Options)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Http.PutAsJsonAsync("/api/datasets/nowhere/retention", new DataSetKeeping(1, 0), ContractJson.Options)).StatusCode);
    }

    [Fact]
    public async Task Versions_that_are_young_or_in_quarantine_do_not_go()
    {
        await RegisterAsync("held", "a", "b", "c");
        (await Http.PostAsJsonAsync("/api/quarantine", new QuarantineRequest("dataset", "held:1", "wrong year"), ContractJson.Options)).EnsureSuccessStatusCode();

        var young = await KeepAsync("held", new DataSetKeeping(1, 30));
        var old = await KeepAsync("held", new DataSetKeeping(1, 0));

        Assert.Empty(young.WouldGo);
        Assert.Equal([2], old.WouldGo);
    }

    private async Task<DataSetKeeping> KeepAsync(string name, DataSetKeeping keeping) =>
        (await (await Http.PutAsJsonAsync($"/api/datasets/{name}/retention", keeping, ContractJson.Options)).Content.ReadFromJsonAsync<DataSetKeeping>(ContractJson.Options))!;

    private async Task RegisterAsync(string name, params string[] contents)
    {
        foreach (var content in contents) await PostAsync(name, await StoreAsync($"{name} {content}", "rows.csv"));
    }

    // A flow reads the file into a table and registers it.
    private async Task TableAsync(string name, string csv)
    {
        var flow = $"reads-{name}";
        await shared.Hub.ImportAsync(Some.Chain(flow, Some.Activity("file", "Flows.FileSource", ("path", Some.Text("rows.csv"))),
            Some.Activity("keep", "Flows.RegisterDataSet", ("dataSetName", Some.Text(name)), ("data", FlowInput.Wrap("Object", ExpressionTypes.JavaScript, "getOutputFrom('file', 'Table')")))));
        (await Http.PutAsync($"/api/flows/{flow}/files/rows.csv", new StringContent(csv))).EnsureSuccessStatusCode();
        Assert.Empty((await shared.Hub.RunAsync(flow)).Incidents.Select(incident => incident.Message));
    }

    private async Task<Artifact> StoreAsync(string text, string name) =>
        (await (await Http.PostAsync($"/api/artifacts?name={name}", new StringContent(text))).Content.ReadFromJsonAsync<Artifact>(ContractJson.Options))!;

    private async Task PostAsync(string name, Artifact data) => (await Http.PostAsJsonAsync("/api/datasets", new DataSetRegistration(name, data), ContractJson.Options)).EnsureSuccessStatusCode();

    private Task<HttpResponseMessage> AliasAsync(string name, string alias, int version) => Http.PutAsJsonAsync($"/api/datasets/{name}/aliases/{alias}", new JsonObject { ["version"] = version });

    private async Task<DataSetVersion> FindAsync(string name, string version) => (await Http.GetFromJsonAsync<DataSetVersion>($"/api/datasets/{name}/versions/{version}", ContractJson.Options))!;

    private async Task<DataSetDifference> DifferenceAsync(string name, string query) => (await Http.GetFromJsonAsync<DataSetDifference>($"/api/datasets/{name}/difference?{query}", ContractJson.Options))!;
}
