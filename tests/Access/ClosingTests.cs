using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Hub.Storage;
using Flows.Hub.Triggers;
using Flows.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Access;

/// <summary>Somebody leaves who has a flow that starts by an event, a token and a run under way.</summary>
public sealed class ClosingTests(AccountsSite _site) : IClassFixture<AccountsSite>, IAsyncLifetime
{
    private readonly string _flow = _site.Fresh("nightly");
    private string _name = "", _ben = "", _run = "";
    private HttpClient _ann = null!;

    public async ValueTask InitializeAsync()
    {
        (_name, _ben) = (await _site.PersonAsync("ann", "default", Role.Operator), await _site.PersonAsync("ben", "default", Role.Operator));
        _ann = await _site.BrowserAsync(_name);
        AccountsSite.Ok(await _ann.PostAsync("/api/flows/import?publish=true", new StringContent($$$$"""
            {"definitionId":"{{{{_flow}}}}","name":"Nightly","root":{"id":"f","type":"Elsa.Flowchart","activities":[
              {"id":"e","type":"Elsa.Event","eventName":{"typeName":"String","expression":{"type":"Literal","value":"{{{{_flow}}}}"}},"canStartWorkflow":true},
              {"id":"w","type":"Elsa.Event","eventName":{"typeName":"String","expression":{"type":"Literal","value":"never"}}}],
              "connections":[{"source":{"activity":"e","port":"Done"},"target":{"activity":"w","port":"In"}}]}}
            """, Encoding.UTF8, "application/json")));
        _run = (await StartedAsync()).Single();
        await _site.TokenAsync(_ann, "default", Role.Editor);
        AccountsSite.Ok(await _ann.PutAsJsonAsync($"/api/secrets/{_flow}", new { value = "of the night" }));
    }

    public ValueTask DisposeAsync()
    {
        _ann.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_somebody_holds_is_listed()
    {
        var held = (await _site.Administrator.GetFromJsonAsync<Holdings>($"/api/people/{_name}/holdings", ContractJson.Options))!;

        Assert.Equal((_flow, true, true), (held.Flows.Single().DefinitionId, held.Flows.Single().IsPublished, held.Flows.Single().StartsByItself));
        Assert.Equal(("Editor of default", "default", _run), (held.Tokens.Single(), held.Projects.Single(), held.Runs.Single()));
        Assert.Equal(new HeldSecret("default", _flow), held.Secrets.Single());
    }

    [Fact]
    public async Task Closed_without_an_heir_nothing_of_it_starts_or_runs_any_more()
    {
        AccountsSite.Ok(await _site.Administrator.PostAsJsonAsync($"/api/people/{_name}/close", new { }));

        Assert.Equal(HttpStatusCode.Unauthorized, (await _ann.GetAsync("/api/me")).StatusCode);
        Assert.Empty(await StartedAsync());
        var run = await _site.Administrator.UntilRunAsync(_run, run => run.Status == RunStatus.Finished);
        Assert.Equal((RunSubStatus.Cancelled, _name), (run.SubStatus, run.Author));
        Assert.DoesNotContain((await _site.Administrator.GetFromJsonAsync<List<TokenSummary>>("/api/tokens", ContractJson.Options))!, token => token.Author == _name);
        using var browser = AccountsSite.Browser(_site.Hub);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AccountsSite.SignInAsync(browser, _name)).StatusCode);
    }

    [Fact]
    public async Task Handed_over_it_goes_on_as_somebody_elses_and_its_history_stays()
    {
        AccountsSite.Ok(await _site.Administrator.PostAsJsonAsync($"/api/people/{_name}/close", new { handTo = _ben }));

        var next = Assert.Single(await StartedAsync());
        Assert.Equal(_ben, (await _site.Administrator.GetFromJsonAsync<RunRecord>($"/api/runs/{next}", ContractJson.Options))!.Author);
        await using (var db = await _site.Hub.Services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContextAsync())
            Assert.Equal(_ben, Assert.Single(await db.Set<TriggerStateRow>().Where(row => row.DefinitionId == _flow).ToListAsync()).Author);
        Assert.Equal(RunStatus.Running, (await _site.Administrator.GetFromJsonAsync<RunRecord>($"/api/runs/{_run}", ContractJson.Options))!.Status);
        Assert.Equal(_ben, (await _site.Administrator.GetFromJsonAsync<JsonArray>("/api/flows"))!.Single(flow => (string?)flow!["definitionId"] == _flow)!["author"]!.GetValue<string>());
        Assert.Equal(_ben, (await _site.Administrator.GetFromJsonAsync<JsonArray>("/api/secrets"))!.Single(secret => (string?)secret!["name"] == _flow)!["author"]!.GetValue<string>());
        Assert.Equal(_name, (await _site.Administrator.GetFromJsonAsync<JsonArray>($"/api/flows/{_flow}/versions"))!.Single()!["author"]!.GetValue<string>());
    }

    private async Task<List<string>> StartedAsync()
    {
        var answer = await (await (_run.Length == 0 ? _ann : _site.Administrator).PostAsJsonAsync($"/api/events/{_flow}", new { })).Content.ReadFromJsonAsync<JsonObject>();
        return [.. answer!["started"]!.AsArray().Select(id => id!.GetValue<string>())];
    }
}
