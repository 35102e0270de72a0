using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Backfills;
using Flows.Contract.Runs;
using Flows.Hub.Access;
using Flows.Hub.Starts;
using Flows.Hub.Storage;
using Flows.Hub.Triggers;
using Flows.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Access;

/// <summary>Somebody leaves who has a flow that starts by an event, a token, a run and a backfill under way, and a start that is gathered.</summary>
public sealed class ClosingTests(AccountsSite _site) : IClassFixture<AccountsSite>, IAsyncLifetime
{
    private readonly string _flow = _site.Fresh("nightly");
    private readonly string _gathered = _site.Fresh("gathers");
    private string _name = "", _ben = "", _run = "", _backfill = "";
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
        await WaitForSomethingAsync();
    }

    // A start that is gathered for longer than the test takes, and a backfill whose first run waits.
    private async Task WaitForSomethingAsync()
    {
        var gathers = JsonNode.Parse(Some.Chain(_gathered, Some.Activity("w", "Elsa.Event", ("eventName", Some.Text("never")))))!;
        gathers["customProperties"] = JsonNode.Parse("""{"debounce":{"quietSeconds":3600,"maxWaitSeconds":3600}}""");
        gathers["inputs"] = new JsonArray(new JsonObject { ["name"] = "day", ["type"] = "String" });
        AccountsSite.Ok(await _ann.PostAsync("/api/flows/import?publish=true", new StringContent(gathers.ToJsonString(), Encoding.UTF8, "application/json")));
        AccountsSite.Ok(await _ann.PostAsJsonAsync($"/api/flows/{_gathered}/runs?debounce=true", new { }));
        var begun = await _ann.PostAsJsonAsync("/api/backfills", new BackfillRequest { Flow = _gathered, Input = "day", Partitions = ["a", "b"], MaxActive = 1 }, ContractJson.Options);
        AccountsSite.Ok(begun);
        _backfill = (await begun.Content.ReadFromJsonAsync<Backfill>(ContractJson.Options))!.Id;
        await Eventually.TrueAsync(async () => (await BackfillAsync()).Counts.GetValueOrDefault(CellState.Running) == 1);
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

        var nightly = held.Flows.Single(flow => flow.DefinitionId == _flow);
        Assert.Equal((true, true), (nightly.IsPublished, nightly.StartsByItself));
        Assert.Equal(("Editor of default", "default", _run), (held.Tokens.Single(), held.Projects.Single(), held.Runs.First()));
        Assert.Equal(new HeldSecret("default", _flow), held.Secrets.Single());
        Assert.Equal((_backfill, _gathered), (held.Backfills.Single(), held.Gathered.Single()));
    }

    [Fact]
    public async Task Closed_without_an_heir_nothing_of_it_starts_or_runs_any_more()
    {
        AccountsSite.Ok(await _site.Administrator.PostAsJsonAsync($"/api/people/{_name}/close", new { }));

        Assert.Equal(HttpStatusCode.Unauthorized, (await _ann.GetAsync("/api/me")).StatusCode);
        Assert.Empty(await StartedAsync());
        var run = await _site.Administrator.UntilRunAsync(_run, run => run.Status == RunStatus.Finished);
        Assert.Equal((RunSubStatus.Cancelled, _name), (run.SubStatus, run.Author));
        Assert.Empty(await GatheredAsync());
        Assert.Equal(BackfillState.Cancelled, (await BackfillAsync()).State);
        // Whoever goes on with it does so in their own name.
        await _site.Administrator.PostAsync($"/api/backfills/{_backfill}/rerun", null);
        Assert.Equal((BackfillState.Running, "root"), ((await BackfillAsync()).State, (await BackfillAsync()).Author));
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
        var (backfill, gathered, now) = (await BackfillAsync(), await GatheredAsync(), await _site.Hub.Services.GetRequiredService<ActorBook>().StandingAsync(_name, "default", CancellationToken.None));
        Assert.Multiple(
            () => Assert.Equal((BackfillState.Running, _ben), (backfill.State, backfill.Author)),
            () => Assert.Equal(_ben, Assert.Single(gathered).Author),
            // What is under way counts as the heir's, too.
            () => Assert.Equal((_ben, Role.Operator), (now.Name, now.Role)));
        Assert.Equal(RunStatus.Running, (await _site.Administrator.GetFromJsonAsync<RunRecord>($"/api/runs/{_run}", ContractJson.Options))!.Status);
        Assert.Equal(_ben, (await _site.Administrator.GetFromJsonAsync<JsonArray>("/api/flows"))!.Single(flow => (string?)flow!["definitionId"] == _flow)!["author"]!.GetValue<string>());
        Assert.Equal(_ben, (await _site.Administrator.GetFromJsonAsync<JsonArray>("/api/secrets"))!.Single(secret => (string?)secret!["name"] == _flow)!["author"]!.GetValue<string>());
        Assert.Equal(_name, (await _site.Administrator.GetFromJsonAsync<JsonArray>($"/api/flows/{_flow}/versions"))!.Single()!["author"]!.GetValue<string>());
    }

    private async Task<Backfill> BackfillAsync() => (await _site.Administrator.GetFromJsonAsync<Backfill>($"/api/backfills/{_backfill}", ContractJson.Options))!;

    private async Task<List<GatheredRow>> GatheredAsync()
    {
        await using var db = await _site.Hub.Services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContextAsync();
        return await db.Set<GatheredRow>().Where(row => row.DefinitionId == _gathered).ToListAsync();
    }

    private async Task<List<string>> StartedAsync()
    {
        var answer = await (await (_run.Length == 0 ? _ann : _site.Administrator).PostAsJsonAsync($"/api/events/{_flow}", new { })).Content.ReadFromJsonAsync<JsonObject>();
        return [.. answer!["started"]!.AsArray().Select(id => id!.GetValue<string>())];
    }
}
