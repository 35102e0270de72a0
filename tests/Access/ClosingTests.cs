using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Hub.Access;
using Flows.Hub.Access.People;
using Flows.Tests.Support;

namespace Flows.Tests.Access;

/// <summary>Somebody leaves who has a flow that starts by an event, a token and a run under way.</summary>
public sealed class ClosingTests : IAsyncLifetime
{
    private AccountsSite _site = null!;
    private HttpClient _ann = null!;
    private string _run = "";

    public async ValueTask InitializeAsync()
    {
        _site = await AccountsSite.StartAsync();
        _ann = await _site.MemberAsync("ann", "default", Role.Operator);
        await _site.PersonAsync("ben", "default", Role.Operator);
        AccountsSite.Ok(await _ann.PostAsync("/api/flows/import?publish=true", new StringContent("""
            {"definitionId":"nightly","name":"Nightly","root":{"id":"f","type":"Elsa.Flowchart","activities":[
              {"id":"e","type":"Elsa.Event","eventName":{"typeName":"String","expression":{"type":"Literal","value":"night"}},"canStartWorkflow":true},
              {"id":"w","type":"Elsa.Event","eventName":{"typeName":"String","expression":{"type":"Literal","value":"never"}}}],
              "connections":[{"source":{"activity":"e","port":"Done"},"target":{"activity":"w","port":"In"}}]}}
            """, Encoding.UTF8, "application/json")));
        _run = (await StartedAsync()).Single();
        await _site.TokenAsync(_ann, "default", Role.Editor);
    }

    public async ValueTask DisposeAsync()
    {
        _ann.Dispose();
        await _site.DisposeAsync();
    }

    [Fact]
    public async Task What_somebody_holds_is_listed()
    {
        var held = (await _site.Administrator.GetFromJsonAsync<Holdings>("/api/people/ann/holdings", ContractJson.Options))!;

        Assert.Equal(("nightly", true, true), (held.Flows.Single().DefinitionId, held.Flows.Single().IsPublished, held.Flows.Single().StartsByItself));
        Assert.Equal(("Editor of default", "default", _run), (held.Tokens.Single(), held.Projects.Single(), held.Runs.Single()));
    }

    [Fact]
    public async Task Closed_without_an_heir_nothing_of_it_starts_or_runs_any_more()
    {
        AccountsSite.Ok(await _site.Administrator.PostAsJsonAsync("/api/people/ann/close", new { }));

        Assert.Equal(HttpStatusCode.Unauthorized, (await _ann.GetAsync("/api/me")).StatusCode);
        Assert.Empty(await StartedAsync());
        var run = await _site.Administrator.UntilRunAsync(_run, run => run.Status == RunStatus.Finished);
        Assert.Equal((RunSubStatus.Cancelled, "ann"), (run.SubStatus, run.Author));
        Assert.Equal("[]", await _site.Administrator.GetStringAsync("/api/tokens"));
        using var browser = AccountsSite.Browser(_site.Hub);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AccountsSite.SignInAsync(browser, "ann")).StatusCode);
    }

    [Fact]
    public async Task Handed_over_it_goes_on_as_somebody_elses_and_its_history_stays()
    {
        AccountsSite.Ok(await _site.Administrator.PostAsJsonAsync("/api/people/ann/close", new { handTo = "ben" }));

        Assert.Single(await StartedAsync());
        Assert.Equal(RunStatus.Running, (await _site.Administrator.GetFromJsonAsync<RunRecord>($"/api/runs/{_run}", ContractJson.Options))!.Status);
        Assert.Equal("ben", (await _site.Administrator.GetFromJsonAsync<JsonArray>("/api/flows"))!.Single()!["author"]!.GetValue<string>());
        Assert.Equal("ann", (await _site.Administrator.GetFromJsonAsync<JsonArray>("/api/flows/nightly/versions"))!.Single()!["author"]!.GetValue<string>());
    }

    private async Task<List<string>> StartedAsync()
    {
        var answer = await (await (_run.Length == 0 ? _ann : _site.Administrator).PostAsJsonAsync("/api/events/night", new { })).Content.ReadFromJsonAsync<JsonObject>();
        return [.. answer!["started"]!.AsArray().Select(id => id!.GetValue<string>())];
    }
}
