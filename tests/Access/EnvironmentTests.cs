using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.Audit;
using Flows.Contract.Models;
using Flows.Contract.Runs;
using Flows.Contract.Triggers;
using Flows.Hub.Audit;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Flows.Hub.Triggers;
using Flows.Tests.Serving;
using Flows.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Access;

/// <summary>Who may deploy where: by request, by token and by a run.</summary>
public sealed class EnvironmentTests(AccountsSite site) : IClassFixture<AccountsSite>, IAsyncLifetime
{
    private string _project = "", _named = "", _editor = "";
    private HttpClient _owner = null!;

    public async ValueTask InitializeAsync()
    {
        _project = await site.ProjectAsync("shop");
        (_named, _editor) = (await site.PersonAsync("ned", _project, Role.Editor), await site.PersonAsync("eve", _project, Role.Editor));
        _owner = await site.MemberAsync("olga", _project, Role.Owner);
        AccountsSite.Ok(await SaveAsync("live", Role.Owner, _named));
        AccountsSite.Ok(await SaveAsync("trial", Role.Editor));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // There is no such model: whoever is let in is told that.
    [Theory]
    [InlineData(Role.Viewer, "trial", HttpStatusCode.Forbidden, "needs the role editor; yours is viewer")]
    [InlineData(Role.Editor, "trial", HttpStatusCode.BadRequest, "no model")]
    [InlineData(Role.Editor, null, HttpStatusCode.Forbidden, "'production' needs the role operator; yours is editor")]
    [InlineData(Role.Operator, null, HttpStatusCode.BadRequest, "no model")]
    [InlineData(Role.Operator, "live", HttpStatusCode.Forbidden, "needs the role owner, or to be one of: ned-")]
    [InlineData(Role.Owner, "live", HttpStatusCode.BadRequest, "no model")]
    [InlineData(Role.Owner, "nowhere", HttpStatusCode.NotFound, "no environment 'nowhere'; it has: live, production, trial")]
    public async Task An_environment_says_from_which_role_on_one_deploys_there(Role role, string? environment, HttpStatusCode expected, string says)
    {
        var (status, why) = await DeployAsync(await site.MemberAsync("one", _project, role), "a", environment);

        Assert.Equal(expected, status);
        Assert.Contains(says, why);
    }

    [Fact]
    public async Task Whom_it_names_may_too_and_their_tokens_may_not()
    {
        var ned = await site.BrowserAsync(_named);
        var token = site.Program((await site.TokenAsync(ned, _project, Role.Editor)).Token);

        Assert.Equal(HttpStatusCode.BadRequest, (await DeployAsync(ned, "a", "live")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await DeployAsync(token, "a", "live")).Status);
        Assert.Equal([("live", true), ("production", false), ("trial", true)], (await ned.GetFromJsonAsync<List<DeploymentEnvironment>>($"/api/environments?project={_project}", ContractJson.Options))!.Select(one => (one.Name, one.MayDeploy)));
        Assert.Equal(HttpStatusCode.NotFound, (await SaveAsync("live", Role.Owner, "nobody-of-that-name")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await SaveAsync("live", Role.Viewer)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await SaveAsync("Live!", Role.Owner)).StatusCode);
    }

    [Fact]
    public async Task What_is_deployed_is_changed_by_whom_its_environment_lets_and_the_log_names_it()
    {
        var name = await RegisterAsync();
        var operating = await site.MemberAsync("oto", _project, Role.Operator);
        Assert.Equal(HttpStatusCode.OK, (await DeployAsync(_owner, name, "live", name)).Status);

        // Without saying where, it is about where it is.
        var replaced = await DeployAsync(operating, name, null, name);
        var stopped = await operating.PostAsync($"/api/deployments/{name}/stop", null);
        var deleted = await operating.DeleteAsync($"/api/deployments/{name}");
        var moved = await DeployAsync(_owner, name, "trial", name);
        Assert.Equal([HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.BadRequest], new[] { replaced.Status, stopped.StatusCode, deleted.StatusCode, moved.Status });
        Assert.Contains("is in environment 'live' and stays there", moved.Why);
        Assert.Equal("live", (await operating.GetFromJsonAsync<Deployment>($"/api/deployments/{name}", ContractJson.Options))!.Environment);
        Assert.Equal(HttpStatusCode.Conflict, (await _owner.DeleteAsync($"/api/environments/live?project={_project}")).StatusCode);
        AccountsSite.Ok(await _owner.DeleteAsync($"/api/deployments/{name}"));
        AccountsSite.Ok(await _owner.DeleteAsync($"/api/environments/live?project={_project}"));

        Assert.Equal(
            [("deployment.create", 200, "live"), ("deployment.create", 403, "live"), ("deployment.stop", 403, "live"), ("deployment.delete", 403, "live"), ("deployment.create", 400, "trial"), ("deployment.delete", 204, "live")],
            (await RowsAsync()).Select(row => (row.Action, row.Status, (string)row.Details!["environment"]!)));
    }

    [Fact]
    public async Task A_run_that_a_trigger_started_deploys_by_the_rights_of_whoever_published_it()
    {
        var (name, oto, flow) = (await RegisterAsync(), await site.PersonAsync("oto", _project, Role.Operator), site.Fresh("by-itself"));
        var (drawing, publishing) = (await site.BrowserAsync(_editor), await site.BrowserAsync(oto));
        AccountsSite.Ok(await drawing.PostAsync($"/api/flows/import?project={_project}", Json(Some.Chain(flow,
            Some.Activity("on", "Elsa.Event", ("eventName", Some.Text(flow)), ("canStartWorkflow", true)), Some.Activity("deploy", "Flows.DeployModel", ("model", Some.Text(name)), ("deploymentName", Some.Text(name)))))));
        AccountsSite.Ok(await publishing.PostAsync($"/api/flows/{flow}/publish", null));

        var done = await StartedByEventAsync(drawing, flow);
        AccountsSite.Ok(await _owner.PutAsJsonAsync($"/api/projects/{_project}/members/person/{oto}", new { role = Role.Editor }, ContractJson.Options));
        var late = await StartedByEventAsync(drawing, flow);
        AccountsSite.Ok(await _owner.DeleteAsync($"/api/deployments/{name}"));

        Assert.True(done.Incidents.Count == 0, done.Incidents.FirstOrDefault()?.Message);
        Assert.Equal((oto, oto, oto), (done.Author, late.Author, Assert.Single((await drawing.GetFromJsonAsync<List<TriggerRecord>>($"/api/triggers?definitionId={flow}", ContractJson.Options))!).Publisher));
        Assert.Contains($"'{oto}'. Deploying to 'production' needs the role operator; yours is editor.", Assert.Single(late.Incidents).Message);
    }

    // Nobody signs in to ask it: whoever published it answers for what it does.
    [Fact]
    public async Task A_run_of_an_endpoint_counts_as_one_of_whoever_published_it_and_is_told_who_called()
    {
        var (oto, flow) = (await site.PersonAsync("oto", _project, Role.Operator), site.Fresh("served"));
        AccountsSite.Ok(await (await site.BrowserAsync(_editor)).PostAsync($"/api/flows/import?project={_project}", Json(Some.Chain(flow,
            Some.Activity("on", "Elsa.HttpEndpoint", ("path", Some.Text(flow)), ("customProperties", new JsonObject { ["canStartWorkflow"] = true })), Some.Line("said", "x")))));
        AccountsSite.Ok(await (await site.BrowserAsync(oto)).PostAsync($"/api/flows/{flow}/publish", null));
        using var anybody = AccountsSite.Browser(site.Hub);

        AccountsSite.Ok(await anybody.GetAsync($"/workflows/{flow}"));
        AccountsSite.Ok(await (await site.BrowserAsync(_editor)).GetAsync($"/workflows/{flow}"));

        var runs = await _owner.GetFromJsonAsync<List<RunSummary>>($"/api/runs?definitionId={flow}", ContractJson.Options);
        Assert.Equal([oto, oto], runs!.Select(run => run.Author));
        await using var db = await site.Hub.Services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContextAsync();
        Assert.Equal([_editor, null], (await db.Set<RunRow>().Where(row => row.DefinitionId == flow).OrderByDescending(row => row.Id).Select(row => row.Request).ToListAsync()).Select(request => (string?)JsonNode.Parse(request)!["triggerInput"]!["caller"]));
    }

    // What waits runs what is published when its turn comes.
    [Fact]
    public async Task Who_publishes_anew_answers_for_what_waits_too()
    {
        var (before, after, flow) = (await site.PersonAsync("oto", _project, Role.Operator), await site.PersonAsync("una", _project, Role.Operator), site.Fresh("waits"));
        var (first, second) = (await site.BrowserAsync(before), await site.BrowserAsync(after));
        var json = JsonNode.Parse(Some.Chain(flow, Some.Activity("on", "Elsa.Event", ("eventName", Some.Text(flow)), ("canStartWorkflow", true)), Some.Activity("rest", "Elsa.Event", ("eventName", Some.Text("never")))))!;
        json["root"]!["activities"]![0]!["customProperties"] = JsonNode.Parse("""{"trigger":{"maxActive":1}}""");
        AccountsSite.Ok(await first.PostAsync($"/api/flows/import?publish=true&project={_project}", Json(json.ToJsonString())));
        for (var i = 0; i < 2; i++) AccountsSite.Ok(await first.PostAsJsonAsync($"/api/events/{flow}?project={_project}", new { }));
        AccountsSite.Ok(await second.PostAsync($"/api/flows/import?publish=true&project={_project}", Json(json.ToJsonString())));

        await using (var db = await site.Hub.Services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContextAsync())
            Assert.Equal([(FireState.Waiting, after), (FireState.Started, before)], (await db.Set<TriggerFireRow>().Where(row => row.DefinitionId == flow).ToListAsync()).Select(row => (row.State, row.Author)).Order());
        foreach (var run in (await first.GetFromJsonAsync<List<RunSummary>>($"/api/runs?definitionId={flow}", ContractJson.Options))!) AccountsSite.Ok(await first.PostAsync($"/api/runs/{run.Id}/cancel", null));
        await Eventually.TrueAsync(async () => (await first.GetFromJsonAsync<List<RunSummary>>($"/api/runs?definitionId={flow}", ContractJson.Options))!.Any(run => run.Author == after));
    }

    [Fact]
    public async Task A_run_deploys_what_its_author_may_by_now()
    {
        var (name, oto) = (await RegisterAsync(), await site.PersonAsync("oto", _project, Role.Operator));
        var flow = site.Fresh("deploys");
        var operating = await site.BrowserAsync(oto);
        AccountsSite.Ok(await operating.PostAsync($"/api/flows/import?publish=true&project={_project}", new StringContent(Some.Chain(flow,
            Some.Activity("deploy", "Flows.DeployModel", ("model", Some.Text(name)), ("deploymentName", Some.Text(name)))), Encoding.UTF8, "application/json")));

        var refused = await RunAsync(await site.BrowserAsync(_editor), flow);
        var done = await RunAsync(operating, flow);
        AccountsSite.Ok(await _owner.PutAsJsonAsync($"/api/projects/{_project}/members/person/{oto}", new { role = Role.Editor }, ContractJson.Options));
        var late = await RunAsync(operating, flow);
        AccountsSite.Ok(await _owner.DeleteAsync($"/api/deployments/{name}"));

        Assert.Contains($"'{_editor}'. Deploying to 'production' needs the role operator; yours is editor.", Assert.Single(refused.Incidents).Message);
        Assert.True(done.Incidents.Count == 0, done.Incidents.FirstOrDefault()?.Message);
        Assert.Contains("needs the role operator", Assert.Single(late.Incidents).Message);
        Assert.Equal([(_editor, 403, "production"), (oto, 200, "production"), (oto, 403, "production")], (await RowsAsync()).Where(row => row.Action == "deployment.create").Select(row => (row.Actor, row.Status, (string)row.Details!["environment"]!)));
    }

    private Task<HttpResponseMessage> SaveAsync(string name, Role role, params string[] people) =>
        _owner.PutAsJsonAsync($"/api/environments/{name}?project={_project}", new EnvironmentRequest(role, people), ContractJson.Options);

    private async Task<(HttpStatusCode Status, string Why)> DeployAsync(HttpClient who, string name, string? environment, string model = "none")
    {
        var answer = await who.PostAsJsonAsync($"/api/deployments?project={_project}", new DeploymentRequest(name, model, null) { Environment = environment }, ContractJson.Options);
        return (answer.StatusCode, (string?)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["detail"] ?? "");
    }

    private async Task<string> RegisterAsync()
    {
        using var folder = new TestFolder();
        var name = site.Fresh("flowers");
        using var _ = new Sight(_project, "olga", [_project]).Enter();
        var stored = await site.Hub.Services.GetRequiredService<IArtifacts>().PutFileAsync(TinyModels.Flowers(folder), "Model");
        await site.Hub.Services.GetRequiredService<IModels>().RegisterAsync(new ModelRegistration(name, stored with { Facts = TinyModels.FlowerFacts.DeepClone().AsObject() }));
        return name;
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private async Task<RunRecord> StartedByEventAsync(HttpClient who, string flow)
    {
        var answer = await (await who.PostAsJsonAsync($"/api/events/{flow}?project={_project}", new { })).Content.ReadFromJsonAsync<EventDelivery>(ContractJson.Options);
        return await who.UntilRunAsync(Assert.Single(answer!.Started), run => run.Status == RunStatus.Finished);
    }

    private async Task<RunRecord> RunAsync(HttpClient who, string flow) =>
        await who.UntilRunAsync(await who.StartRunAsync(flow), run => run.Status == RunStatus.Finished);

    private async Task<IReadOnlyList<AuditRecord>> RowsAsync() =>
        [.. (await site.Administrator.GetFromJsonAsync<List<AuditRecord>>("/api/audit?kind=deployment&limit=1000", ContractJson.Options))!.Where(row => row.ProjectId == _project)];
}
