using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Tests.Support;

namespace Flows.Tests.Conformance;

/// <summary>Cases of Elsa's own tests that need a server: publishing, structure, and flows served over HTTP.</summary>
public sealed partial class ElsaServerCases
{
    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(ElsaCases.Published), MemberType = typeof(ElsaCases))]
    public async Task Flows_are_published_as_in_Elsa(string id)
    {
        await using var hub = await TestHub.StartAsync();
        var one = ElsaCases.Case(id);
        var expected = one["expected"]!.AsObject().Text("publish")!;

        var first = await ImportAsync(hub, one);
        var second = await ImportAsync(hub, one);

        Assert.DoesNotContain(first.Objects("problems"), problem => problem.Text("level") == "Error");
        if (Refusal().Match(expected) is { Success: true } refused)
            Assert.Equal(refused.Groups[1].Value, Assert.Single(second.Objects("problems"), problem => problem.Text("level") == "Error").Text("message"));
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(ElsaCases.Served), MemberType = typeof(ElsaCases))]
    public async Task Flows_answer_over_HTTP_as_in_Elsa(string id)
    {
        await using var hub = await TestHub.StartAsync();
        var one = ElsaCases.Case(id);
        foreach (var file in ElsaCases.Files(one)) await hub.ImportAsync(file.Json.ToJsonString(ContractJson.Options));

        foreach (var (request, answer) in one["expected"]!.AsObject())
        {
            var (method, path) = request.Split(' ') switch { [var verb, var rest] => (verb, rest), _ => ("GET", request) };
            var said = await hub.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), $"/workflows/{path}"));

            Assert.Equal(answer!.GetValue<string>(), await said.Content.ReadAsStringAsync());
        }
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(ElsaCases.Structured), MemberType = typeof(ElsaCases))]
    public async Task A_flow_used_as_an_activity_is_not_in_the_definition_but_in_its_subgraph(string id)
    {
        await using var hub = await TestHub.StartAsync();
        var files = ElsaCases.Files(ElsaCases.Case(id));
        foreach (var file in files) await hub.ImportAsync(file.Json.ToJsonString(ContractJson.Options));
        var main = files[^1];

        var definition = new FlowDefinition((await hub.Http.GetFromJsonAsync<JsonObject>($"/api/flows/{main.DefinitionId}"))!);
        var uses = definition.Activities().Where(activity => activity.WorkflowDefinitionId is not null).ToList();

        Assert.NotEmpty(uses);
        foreach (var use in uses)
        {
            var nodeId = use.Json.Text("nodeId")!;
            var subgraph = (await hub.Http.GetFromJsonAsync<JsonObject>($"/api/flows/{main.DefinitionId}/subgraph?nodeId={nodeId}"))!;

            Assert.Null(use.Json["root"]);
            Assert.Equal(nodeId, subgraph["activity"]!["nodeId"]!.GetValue<string>());
            Assert.Equal("Elsa.WriteLine", subgraph["activity"]!["root"]!["root"]!["activities"]![0]!["type"]!.GetValue<string>());
        }
    }

    private static async Task<JsonObject> ImportAsync(TestHub hub, JsonObject one)
    {
        JsonObject? last = null;
        foreach (var file in ElsaCases.Files(one))
        {
            var answer = await hub.Http.PostAsync("/api/flows/import?publish=true", new StringContent(file.Json.ToJsonString(ContractJson.Options), Encoding.UTF8, "application/json"));
            last = (await answer.Content.ReadFromJsonAsync<JsonArray>())![0]!.AsObject();
        }
        return last!;
    }

    [GeneratedRegex("fails with \"(.*)\"")]
    private static partial Regex Refusal();
}
