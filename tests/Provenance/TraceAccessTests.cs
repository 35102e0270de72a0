using System.Net;
using System.Net.Http.Json;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.DataSets;
using Flows.Contract.Provenance.Graphs;
using Flows.Tests.Access;

namespace Flows.Tests.Provenance;

/// <summary>A trace is read through a project that one may read.</summary>
public sealed class TraceAccessTests(AccountsSite site) : IClassFixture<AccountsSite>
{
    [Fact]
    public async Task What_is_of_another_project_is_not_there()
    {
        var (north, south) = (await site.ProjectAsync("north"), await site.ProjectAsync("south"));
        var (nora, sam) = (await site.MemberAsync("nora", north, Role.Editor), await site.MemberAsync("sam", south, Role.Owner));
        var data = (await (await nora.PostAsync($"/api/artifacts?name=rows.csv&project={north}", new StringContent("north's"))).Content.ReadFromJsonAsync<Artifact>(ContractJson.Options))!;
        AccountsSite.Ok(await nora.PostAsJsonAsync($"/api/datasets?project={north}", new DataSetRegistration("maps", data), ContractJson.Options));

        foreach (var thing in new[] { "dataset/maps:1", $"artifact/{data.Sha256}" })
        {
            AccountsSite.Ok(await nora.GetAsync($"/api/trace/{thing}"));
            var (foreign, missing) = (await sam.GetAsync($"/api/trace/{thing}"), await sam.GetAsync($"/api/trace/{thing[..^1]}x"));
            Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (foreign.StatusCode, missing.StatusCode));
            Assert.Equal((await missing.Content.ReadAsStringAsync()).Replace(thing[..^1] + "x", thing, StringComparison.Ordinal).Length, (await foreign.Content.ReadAsStringAsync()).Length);
            Assert.Equal(HttpStatusCode.NotFound, (await sam.GetAsync($"/api/trace/{thing}?project={north}")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await sam.PostAsJsonAsync($"/api/quarantine?project={south}", new QuarantineRequest(thing.Split('/')[0], thing.Split('/')[1], "x"), ContractJson.Options)).StatusCode);
        }
    }

    [Fact]
    public async Task The_same_name_in_two_projects_is_two_things()
    {
        var (east, west) = (await site.ProjectAsync("east"), await site.ProjectAsync("west"));
        var both = await site.MemberAsync("bo", east, Role.Owner);
        AccountsSite.Ok(await site.Administrator.PutAsJsonAsync($"/api/projects/{west}/members/person/{await NameAsync(both)}", new { role = Role.Owner }, ContractJson.Options));
        foreach (var project in new[] { east, west })
        {
            var data = (await (await both.PostAsync($"/api/artifacts?name=rows.csv&project={project}", new StringContent(project))).Content.ReadFromJsonAsync<Artifact>(ContractJson.Options))!;
            AccountsSite.Ok(await both.PostAsJsonAsync($"/api/datasets?project={project}", new DataSetRegistration("twin", data), ContractJson.Options));
        }

        var (one, other) = (await TraceAsync(both, east), await TraceAsync(site.Administrator, west));

        Assert.NotEqual(one.Nodes[0].Facts["sha256"]!.ToString(), other.Nodes[0].Facts["sha256"]!.ToString());
        Assert.Equal((2, 2), (one.Nodes.Count, other.Nodes.Count));
    }

    private static async Task<Trace> TraceAsync(HttpClient http, string project) => (await http.GetFromJsonAsync<Trace>($"/api/trace/dataset/twin?project={project}", ContractJson.Options))!;

    private static async Task<string> NameAsync(HttpClient http) => (await http.GetFromJsonAsync<System.Text.Json.Nodes.JsonObject>("/api/me"))!["name"]!.ToString();
}
