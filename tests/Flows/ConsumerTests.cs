using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Contract.Flows;
using Flows.Tests.Support;

namespace Flows.Tests.StoredFlows;

/// <summary>Flows that use another one as an activity follow it to its new version, or stay with the one they name.</summary>
public sealed class ConsumerTests(SharedHub server) : IClassFixture<SharedHub>
{
    private readonly TestHub _hub = server.Hub;

    [Fact]
    public async Task A_consumer_follows_a_flow_that_says_so_with_a_version_of_its_own()
    {
        await _hub.ImportAsync(Used("a", "old", follows: true));
        await _hub.ImportAsync(Consumer("ca", "a", "a-1"));

        var saved = await PublishAsync(Used("a", "new", follows: true, id: "a-2"));

        Assert.Equal(["ca"], saved.Updated);
        var consumer = await FindAsync("ca");
        Assert.Equal((2, true), (consumer.Version, consumer.IsPublished));
        Assert.Equal(("a-2", "a-2", 2, 2), Pinned(consumer));
        Assert.Equal(["new"], (await _hub.RunAsync("ca")).Lines);
        Assert.Equal("a-1", Pinned(await FindAsync("ca", version: 1)).Item1);
    }

    [Fact]
    public async Task Without_it_a_consumer_stays_with_the_version_that_it_names()
    {
        await _hub.ImportAsync(Used("b", "old", follows: false));
        await _hub.ImportAsync(Consumer("cb", "b", "b-1"));

        var saved = await PublishAsync(Used("b", "new", follows: false, id: "b-2"));

        Assert.Empty(saved.Updated);
        Assert.Equal("b-1", Pinned(await FindAsync("cb")).Item1);
        Assert.Equal(["old"], (await _hub.RunAsync("cb")).Lines);
    }

    [Fact]
    public async Task Consumers_of_consumers_follow_too()
    {
        await _hub.ImportAsync(Used("c", "old", follows: true));
        await _hub.ImportAsync(Consumer("cc", "c", "c-1", usable: true, id: "cc-1"));
        await _hub.ImportAsync(Consumer("ccc", "cc", "cc-1"));

        var saved = await PublishAsync(Used("c", "new", follows: true, id: "c-2"));

        Assert.Equal(["cc", "ccc"], saved.Updated);
        Assert.Equal((await FindAsync("cc")).Id, Pinned(await FindAsync("ccc")).Item1);
        Assert.Equal(["new"], (await _hub.RunAsync("ccc")).Lines);
    }

    [Fact]
    public async Task A_draft_is_changed_but_not_published_and_what_is_read_only_stays()
    {
        await _hub.ImportAsync(Used("d", "old", follows: true));
        await _hub.ImportAsync(Consumer("cd", "d", "d-1"));
        await SaveAsync(Consumer("cd", "d", "d-1", line: "edited"), "cd");
        await _hub.ImportAsync(With(Consumer("rd", "d", "d-1"), "isReadonly"));

        var saved = await PublishAsync(Used("d", "new", follows: true, id: "d-2"));

        Assert.Equal(["cd"], saved.Updated);
        var draft = await FindAsync("cd");
        Assert.Equal((2, false, "d-2"), (draft.Version, draft.IsPublished, Pinned(draft).Item1));
        Assert.Equal("edited", draft.Find("line")!.Input("text")!.Value!.GetValue<string>());
        Assert.Equal(["old"], (await _hub.RunAsync("cd")).Lines);
        Assert.Equal(["old"], (await _hub.RunAsync("rd")).Lines);
    }

    [Fact]
    public async Task A_consumer_that_cannot_be_published_does_not_keep_the_flow_from_it()
    {
        await _hub.ImportAsync(Used("e", "old", follows: true));
        await _hub.ImportAsync(Used("gone", "x", follows: false));
        await _hub.ImportAsync(Consumer("ce", "e", "e-1", also: Some.Activity("other", "Gone", ("workflowDefinitionId", "gone"))));
        await _hub.Http.DeleteAsync("/api/flows/gone");

        var saved = await PublishAsync(Used("e", "new", follows: true, id: "e-2"));

        Assert.DoesNotContain(saved.Problems, problem => problem.Level == ProblemLevel.Error);
        var consumer = await FindAsync("ce");
        Assert.Equal((2, false, "e-2"), (consumer.Version, consumer.IsPublished, Pinned(consumer).Item1));
    }

    [Fact]
    public async Task Every_version_has_an_id_of_its_own_however_often_a_file_comes_in()
    {
        for (var time = 0; time < 3; time++) await _hub.ImportAsync(Used("f", $"line {time}", follows: false));
        await _hub.ImportAsync(Used("copy", "copied", follows: false, id: "f-1"));

        var ids = new List<string>();
        foreach (var version in new[] { 1, 2, 3 }) ids.Add((await FindAsync("f", version)).Id);
        ids.Add((await FindAsync("copy")).Id);

        Assert.Equal("f-1", ids[0]);
        Assert.Equal(ids, ids.Distinct());
    }

    private async Task<FlowSaved> PublishAsync(string flow)
    {
        var id = JsonNode.Parse(flow)!["definitionId"]!.GetValue<string>();
        await SaveAsync(flow, id);
        var answer = await _hub.Http.PostAsync($"/api/flows/{id}/publish", null);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<FlowSaved>(ContractJson.Options))!;
    }

    private async Task SaveAsync(string flow, string id) =>
        Assert.True((await _hub.Http.PutAsync($"/api/flows/{id}", new StringContent(flow, Encoding.UTF8, "application/json"))).IsSuccessStatusCode);

    private async Task<FlowDefinition> FindAsync(string id, int? version = null) =>
        new((await _hub.Http.GetFromJsonAsync<JsonObject>($"/api/flows/{id}{(version is null ? "" : $"?version={version}")}"))!);

    private static (string?, string?, int?, int) Pinned(FlowDefinition flow)
    {
        var use = flow.Find("use")!;
        return (use.WorkflowDefinitionVersionId, use.Json.Text("latestAvailablePublishedVersionId"), use.Json.Int("latestAvailablePublishedVersion"), use.Version);
    }

    private static string Used(string definition, string line, bool follows, string? id = null)
    {
        var flow = JsonNode.Parse(Some.Chain(definition, Some.Line("line", line)))!;
        flow["id"] = id ?? definition + "-1";
        flow["options"] = new JsonObject { ["usableAsActivity"] = true, ["autoUpdateConsumingWorkflows"] = follows };
        return flow.ToJsonString(ContractJson.Options);
    }

    private static string Consumer(string definition, string uses, string version, bool usable = false, string? id = null, string? line = null, JsonObject? also = null)
    {
        var use = Some.Activity("use", char.ToUpperInvariant(uses[0]) + uses[1..], ("workflowDefinitionId", uses), ("workflowDefinitionVersionId", version), ("latestAvailablePublishedVersionId", version), ("latestAvailablePublishedVersion", 1), ("version", 1));
        var flow = JsonNode.Parse(Some.Chain(definition, [use, .. line is null ? Array.Empty<JsonObject>() : [Some.Line("line", line)], .. also is null ? Array.Empty<JsonObject>() : [also]]))!;
        flow["id"] = id ?? definition + "-1";
        if (usable) flow["options"] = new JsonObject { ["usableAsActivity"] = true };
        return flow.ToJsonString(ContractJson.Options);
    }

    private static string With(string flow, string flag)
    {
        var json = JsonNode.Parse(flow)!;
        json[flag] = true;
        return json.ToJsonString(ContractJson.Options);
    }
}
