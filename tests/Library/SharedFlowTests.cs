using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Flows;
using Flows.Designer.Canvas;
using Flows.Tests.Support;

namespace Flows.Tests.Library;

/// <summary>Flows are shared from one project and installed into others, in versions that never change.</summary>
public sealed class SharedFlowTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private readonly TestHub _hub = shared.Hub;

    [Fact]
    public async Task A_shared_flow_is_found_by_word_and_tag_and_installed_elsewhere_with_its_files()
    {
        await MakeAsync("tidy", "Tidy rows", Some.Line("say", "tidied"));
        Ok(await _hub.Http.PutAsync("/api/flows/tidy/files/data/list.csv", new StringContent("a,b\n1,2\n")));
        var item = await ShareAsync(new ShareRequest("tidy") { Tags = [" cleaning ", "Cleaning", "sales"], Notes = "the first" });
        var project = await ProjectAsync();

        Assert.Equal(["tidy-rows"], (await ListAsync("?words=ROWS%20tidy&tag=CLEANING")).Select(one => one.Id));
        Assert.Empty(await ListAsync("?words=rows%20nothing"));
        Assert.Empty(await ListAsync("?words=rows&tag=other"));
        var installed = await InstalledAsync("tidy-rows", new InstallRequest(), project);

        Assert.Equal(("tidy-rows", 1, "cleaning,sales"), (item.Id, item.Version, string.Join(',', item.Tags)));
        Assert.NotEqual("tidy", installed.DefinitionId);
        Assert.Equal("a,b\n1,2\n", await _hub.Http.GetStringAsync($"/api/flows/{installed.DefinitionId}/files/data/list.csv"));
        Assert.Equal(["tidied"], (await _hub.RunAsync(installed.DefinitionId)).Lines);
        var there = Assert.Single((await ListAsync($"?project={project}&words=tidy")).Single().Installed);
        Assert.Equal((installed.DefinitionId, project, 1), (there.DefinitionId, there.ProjectId, there.Version));
    }

    [Fact]
    public async Task Every_sharing_is_a_version_that_never_changes_and_any_of_them_can_be_installed()
    {
        await MakeAsync("count", "Count", Some.Line("say", "one"));
        await ShareAsync(new ShareRequest("count") { Notes = "counts to one" });
        await MakeAsync("count", "Count", Some.Line("say", "two"));
        await ShareAsync(new ShareRequest("count") { Notes = "counts on" });
        var project = await ProjectAsync();

        var offer = (await _hub.Http.GetFromJsonAsync<LibraryOffer>("/api/library/count", ContractJson.Options))!;
        var old = await InstalledAsync("count", new InstallRequest { Version = 1 }, project);
        var missing = await InstallAsync("count", new InstallRequest { Version = 9 }, project);

        Assert.Equal([(2, "counts on"), (1, "counts to one")], offer.Versions.Select(version => (version.Version, version.Notes)));
        Assert.Equal(["one"], (await _hub.RunAsync(old.DefinitionId)).Lines);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Contains("it has 2, 1", await missing.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task What_is_in_the_way_is_said_and_a_person_decides()
    {
        await MakeAsync("way", "In the way", Some.Line("say", "shared"));
        await ShareAsync(new ShareRequest("way"));

        var refused = await InstallAsync("in-the-way", new InstallRequest());
        var clash = (await refused.Content.ReadFromJsonAsync<JsonObject>())!;
        var copy = await InstalledAsync("in-the-way", new InstallRequest { Choice = InstallChoice.Copy });
        var again = (await (await InstallAsync("in-the-way", new InstallRequest())).Content.ReadFromJsonAsync<JsonObject>())!;
        var named = await InstalledAsync("in-the-way", new InstallRequest { Choice = InstallChoice.Copy, Name = "Third" });
        var replaced = await InstalledAsync("in-the-way", new InstallRequest { Choice = InstallChoice.Replace, DefinitionId = copy.DefinitionId });

        Assert.Equal((HttpStatusCode.Conflict, "way", 0), (refused.StatusCode, (string?)clash["clash"]!["definitionId"], (int)clash["clash"]!["version"]!));
        Assert.Contains("has a flow “In the way” of its own", (string?)clash["detail"]);
        Assert.Equal((copy.DefinitionId, 1), ((string?)again["clash"]!["definitionId"], (int)again["clash"]!["version"]!));
        Assert.Equal(("In the way (2)", "Third"), (await NameAsync(copy.DefinitionId), await NameAsync(named.DefinitionId)));
        Assert.Equal((copy.DefinitionId, 2), (replaced.DefinitionId, replaced.Version));
    }

    [Fact]
    public async Task An_update_keeps_what_the_project_changed_and_asks_where_both_changed_the_same()
    {
        await MakeAsync("both", "Both", Some.Line("a", "a1"), Some.Line("b", "b1"));
        Ok(await _hub.Http.PutAsync("/api/flows/both/files/x.txt", new StringContent("old")));
        await ShareAsync(new ShareRequest("both"));
        var mine = await InstalledAsync("both", new InstallRequest(), await ProjectAsync());
        await ChangeAsync(mine.DefinitionId, "a", "mine");
        await ChangeAsync("both", "b", "theirs");
        Ok(await _hub.Http.PutAsync("/api/flows/both/files/x.txt", new StringContent("new")));
        await ShareAsync(new ShareRequest("both"));

        var updated = await InstalledAsync("both", Update(mine), await ProjectOfAsync(mine));
        Assert.Equal(["mine", "theirs"], (await _hub.RunAsync(mine.DefinitionId)).Lines);
        Assert.Equal("new", await _hub.Http.GetStringAsync($"/api/flows/{mine.DefinitionId}/files/x.txt"));
        Assert.Equal(mine.DefinitionId, updated.DefinitionId);

        await ChangeAsync("both", "a", "theirs too");
        await ShareAsync(new ShareRequest("both"));
        var refused = await InstallAsync("both", Update(mine), await ProjectOfAsync(mine));
        var said = (await refused.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("“mine” here and “theirs too” in the library", (string?)Assert.Single(said["conflicts"]!.AsArray())!["message"]);
        Assert.Equal(2, (await ListAsync("?words=both")).Single().Installed.Single().Version);
    }

    [Fact]
    public async Task A_component_and_what_a_flow_uses_come_along_and_stand_in_the_palette()
    {
        await MakeAsync("greeter", "Greet loudly", Some.Line("say", "HELLO"));
        await ShareAsync(new ShareRequest("greeter") { Component = true, Category = "Courtesies" });
        var project = await ProjectAsync();
        await InstalledAsync("greet-loudly", new InstallRequest(), project);

        var offered = Assert.Single(await ListAsync("?words=courtesies"));
        var here = (await _hub.Http.GetFromJsonAsync<JsonArray>($"/api/activities?project={project}"))!.Single(one => (string?)one!["type"] == "GreetLoudly")!;
        Assert.Equal((true, "Courtesies"), (offered.IsComponent, (string?)here["category"]));
        // A node as the palette makes it runs the flow.
        var node = NewNode.Of(here.Deserialize<ActivityDescriptor>(ContractJson.Options)!, "ask", 0, 0);
        Ok(await _hub.Http.PostAsync($"/api/flows/import?publish=true&project={project}", new StringContent(Some.Chain("loud", node), Encoding.UTF8, "application/json")));
        Assert.Equal(["HELLO"], (await _hub.RunAsync("loud")).Lines);

        await _hub.ImportAsync(Usable("politeness", "Be polite", Some.Line("say", "please")));
        await MakeAsync("host", "Host", Some.Activity("ask", "BePolite", ("workflowDefinitionId", "politeness")), Some.Line("end", "thanks"));
        await ShareAsync(new ShareRequest("host"));
        var third = await ProjectAsync();
        var host = await InstalledAsync("host", new InstallRequest(), third);

        Assert.Contains((await _hub.Http.GetFromJsonAsync<JsonArray>($"/api/flows?project={third}"))!, flow => (string?)flow!["name"] == "Be polite");
        Assert.Equal(["please", "thanks"], (await _hub.RunAsync(host.DefinitionId)).Lines);
    }

    [Fact]
    public async Task Everything_that_is_wrong_with_a_sharing_is_said_at_once_and_one_can_be_taken_back()
    {
        await MakeAsync("brief", "Brief", Some.Line("say", "x"));

        var bad = await _hub.Http.PostAsJsonAsync("/api/library", new ShareRequest("brief") { Notes = new string('n', 3000), Tags = [new string('t', 50), "new\nline"], Category = new string('c', 50) }, ContractJson.Options);
        var fields = (await bad.Content.ReadFromJsonAsync<JsonObject>())!["problems"]!.AsArray().Select(problem => (string?)problem!["field"]);
        await ShareAsync(new ShareRequest("brief"));
        var installed = await InstalledAsync("brief", new InstallRequest(), await ProjectAsync());
        Ok(await _hub.Http.DeleteAsync("/api/library/brief"));

        Assert.Equal(["notes", "tags", "category"], fields);
        Assert.Equal(HttpStatusCode.NotFound, (await _hub.Http.GetAsync("/api/library/brief")).StatusCode);
        Assert.Equal(["x"], (await _hub.RunAsync(installed.DefinitionId)).Lines);
    }

    private static InstallRequest Update(FlowSaved flow) => new() { Choice = InstallChoice.Update, DefinitionId = flow.DefinitionId };

    private async Task MakeAsync(string id, string name, params JsonObject[] activities) => await _hub.ImportAsync(Named(id, name, activities).ToJsonString());

    private static string Usable(string id, string name, params JsonObject[] activities)
    {
        var flow = Named(id, name, activities);
        flow["options"] = new JsonObject { ["usableAsActivity"] = true };
        return flow.ToJsonString();
    }

    private static JsonNode Named(string id, string name, JsonObject[] activities)
    {
        var flow = JsonNode.Parse(Some.Chain(id, activities))!;
        flow["name"] = name;
        return flow;
    }

    private async Task<string> ProjectAsync()
    {
        var id = $"p-{Guid.NewGuid():N}"[..14];
        Ok(await _hub.Http.PostAsJsonAsync("/api/projects", new { id }));
        return id;
    }

    private async Task<string> ProjectOfAsync(FlowSaved flow) =>
        (await _hub.Http.GetFromJsonAsync<List<FlowSummary>>("/api/flows", ContractJson.Options))!.Single(one => one.DefinitionId == flow.DefinitionId).ProjectId;

    private async Task<string?> NameAsync(string id) => (string?)(await _hub.Http.GetFromJsonAsync<JsonObject>($"/api/flows/{id}"))!["name"];

    // As an editor saves: another text for one activity.
    private async Task ChangeAsync(string id, string activity, string text)
    {
        var flow = (await _hub.Http.GetFromJsonAsync<JsonObject>($"/api/flows/{id}"))!;
        flow["root"]!["activities"]!.AsArray().Single(one => (string?)one!["id"] == activity)!["text"] = Some.Text(text);
        Ok(await _hub.Http.PutAsync($"/api/flows/{id}", new StringContent(flow.ToJsonString(), Encoding.UTF8, "application/json")));
    }

    private async Task<LibraryItem> ShareAsync(ShareRequest request)
    {
        var answer = await _hub.Http.PostAsJsonAsync("/api/library", request, ContractJson.Options);
        Ok(answer);
        return (await answer.Content.ReadFromJsonAsync<LibraryItem>(ContractJson.Options))!;
    }

    private async Task<List<LibraryItem>> ListAsync(string query) => (await _hub.Http.GetFromJsonAsync<List<LibraryItem>>("/api/library" + query, ContractJson.Options))!;

    private Task<HttpResponseMessage> InstallAsync(string id, InstallRequest request, string project = "default") =>
        _hub.Http.PostAsJsonAsync($"/api/library/{id}/install?project={project}", request, ContractJson.Options);

    private async Task<FlowSaved> InstalledAsync(string id, InstallRequest request, string project = "default")
    {
        var answer = await InstallAsync(id, request, project);
        Ok(answer);
        return (await answer.Content.ReadFromJsonAsync<List<FlowSaved>>(ContractJson.Options))![0];
    }

    private static void Ok(HttpResponseMessage answer) => Assert.True(answer.IsSuccessStatusCode, $"{answer.RequestMessage!.RequestUri}: {answer.Content.ReadAsStringAsync().Result}");
}
