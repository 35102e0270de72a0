using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Hub.Access.Tokens;
using Flows.Hub.Storage;
using Flows.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Access;

public sealed class TokenTests(AccountsSite site) : IClassFixture<AccountsSite>
{
    [Fact]
    public async Task A_token_is_shown_once_and_kept_as_a_digest()
    {
        var made = await site.TokenAsync(site.Administrator, "default", Role.Editor);

        Assert.Matches("^flows_[0-9a-f]{64}$", made.Token);
        Assert.DoesNotContain(made.Token, await site.Administrator.GetStringAsync("/api/tokens"));
        await using var db = await site.Hub.Services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContextAsync(Xunit.TestContext.Current.CancellationToken);
        Assert.Equal(ApiToken.DigestOf(made.Token), db.Set<TokenRow>().Single(row => row.Id == made.Summary.Id).Digest);
    }

    [Fact]
    public async Task A_token_may_what_its_role_says_in_its_project_and_nothing_elsewhere()
    {
        var (own, other) = (await site.ProjectAsync("own"), await site.ProjectAsync("other"));
        await site.Administrator.PostAsJsonAsync($"/api/flows?project={own}", new { name = "mine" });
        await site.Administrator.PostAsJsonAsync($"/api/flows?project={other}", new { name = "theirs" });

        var viewer = site.Program((await site.TokenAsync(site.Administrator, own, Role.Viewer)).Token);

        Assert.Single((await viewer.GetFromJsonAsync<JsonArray>("/api/flows"))!);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsJsonAsync("/api/flows", new { name = "new" })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await viewer.PostAsJsonAsync($"/api/flows?project={other}", new { name = "new" })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync("/api/people")).StatusCode);
    }

    // Its expiry is moved, and not the server's clock: a day of it is a day's work for every round of the server.
    [Fact]
    public async Task A_token_expires_and_shows_when_it_was_used_last()
    {
        var made = await site.TokenAsync(site.Administrator, "default", Role.Viewer, days: 1);
        var program = site.Program(made.Token);

        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/api/flows")).StatusCode);
        var used = (await site.Administrator.GetFromJsonAsync<List<TokenSummary>>("/api/tokens", ContractJson.Options))!.Single(token => token.Id == made.Summary.Id).UsedAt;
        await using (var db = await site.Hub.Services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContextAsync())
            await db.Set<TokenRow>().Where(row => row.Id == made.Summary.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.ExpiresAt, TimeProvider.System.GetUtcNow()));
        var late = await program.GetAsync("/api/flows");

        Assert.Equal(TimeSpan.FromDays(1), made.Summary.ExpiresAt - made.Summary.CreatedAt);
        Assert.InRange(used!.Value, made.Summary.CreatedAt, TimeProvider.System.GetUtcNow());
        Assert.Null(made.Summary.UsedAt);
        Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode);
    }

    [Fact]
    public async Task A_token_that_is_withdrawn_or_unknown_opens_nothing()
    {
        var made = await site.TokenAsync(site.Administrator, "default", Role.Viewer);
        AccountsSite.Ok(await site.Administrator.DeleteAsync($"/api/tokens/{made.Summary.Id}"));

        Assert.Equal(HttpStatusCode.Unauthorized, (await site.Program(made.Token).GetAsync("/api/flows")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await site.Program("flows_" + new string('0', 64)).GetAsync("/api/flows")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await site.Program("nonsense").GetAsync("/api/flows")).StatusCode);
    }

    [Fact]
    public async Task A_personal_token_may_no_more_than_its_owner_by_now_and_goes_with_the_account()
    {
        var name = await site.PersonAsync("ann", "default", Role.Editor);
        using var ann = await site.BrowserAsync(name);
        var program = site.Program((await site.TokenAsync(ann, "default", Role.Editor)).Token);
        Assert.Equal(HttpStatusCode.Created, (await program.PostAsJsonAsync("/api/flows", new { name = "a" })).StatusCode);

        await site.Administrator.PutAsJsonAsync($"/api/projects/default/members/person/{name}", new { role = Role.Viewer }, ContractJson.Options);
        Assert.Equal(HttpStatusCode.Forbidden, (await program.PostAsJsonAsync("/api/flows", new { name = "b" })).StatusCode);
        AccountsSite.Ok(await site.Administrator.PostAsJsonAsync($"/api/people/{name}/close", new { }));
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/api/flows")).StatusCode);
    }

    [Fact]
    public async Task Nobody_makes_a_token_that_may_more_than_they_and_no_token_makes_tokens()
    {
        using var ann = await site.MemberAsync("ann", "default", Role.Editor);
        var program = site.Program((await site.TokenAsync(ann, "default", Role.Editor)).Token);

        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(ann, Role.Operator, false)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(ann, Role.Viewer, true)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync(site.Administrator, Role.Administrator, false)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(program, Role.Viewer, false)).StatusCode);
    }

    [Fact]
    public async Task A_token_in_an_address_is_refused_with_a_reason()
    {
        await using var hub = await TestHub.StartAsync();

        var answer = await hub.Http.GetAsync("/api/flows?token=flows_" + new string('a', 64));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("Authorization header", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_token_narrows_also_where_nobody_signs_in()
    {
        await using var hub = await TestHub.StartAsync();
        var made = await (await hub.Http.PostAsJsonAsync("/api/tokens", new { name = "look", role = "Viewer" })).Content.ReadFromJsonAsync<NewToken>(ContractJson.Options);
        using var program = new HttpClient { BaseAddress = new Uri(hub.Url) };
        program.DefaultRequestHeaders.Authorization = new("Bearer", made!.Token);

        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/api/flows")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await program.PostAsJsonAsync("/api/flows", new { name = "x" })).StatusCode);
    }

    [Fact]
    public async Task A_step_reads_its_own_run_alone_and_a_runner_only_its_own_routes()
    {
        var services = site.Hub.Services;
        var (mine, other) = (await WaitingRunAsync(), await WaitingRunAsync());
        var step = site.Program(services.GetRequiredService<Flows.Hub.Runners.StepTokens>().Of(new(mine, 1, 1)));
        var runner = site.Program(services.GetRequiredService<Flows.Hub.Runners.RunnerToken>().Value);

        Assert.Equal(HttpStatusCode.OK, (await step.GetAsync($"/api/runs/{mine}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await step.GetAsync($"/api/runs/{other}")).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await step.PostAsync("/api/artifacts?name=a.txt", new StringContent("a"))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await step.GetAsync("/api/flows")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await step.GetAsync($"/api/steps/{other}.1/models/m")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await runner.GetAsync("/api/flows")).StatusCode);
        Assert.NotEqual(HttpStatusCode.Unauthorized, (await runner.PostAsync($"/api/steps/{mine}.1/token", null)).StatusCode);
        await site.Administrator.PostAsync($"/api/runs/{mine}/cancel", null);
        await site.Administrator.UntilRunAsync(mine, run => run.Status == RunStatus.Finished);
        // A run's row says so a moment after its record does.
        await Eventually.TrueAsync(async () => (await step.GetAsync($"/api/runs/{mine}")).StatusCode == HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.Unauthorized, (await step.PostAsync("/api/artifacts?name=b.txt", new StringContent("b"))).StatusCode);
    }

    private async Task<string> WaitingRunAsync()
    {
        var flow = site.Fresh("waits");
        AccountsSite.Ok(await site.Administrator.PostAsync("/api/flows/import?publish=true", new StringContent(Some.Chain(flow, Some.Activity("w", "Elsa.Event", ("eventName", Some.Text("never")))), System.Text.Encoding.UTF8, "application/json")));
        return await site.Administrator.StartRunAsync(flow);
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient http, Role role, bool service) => http.PostAsJsonAsync("/api/tokens", new { name = "t", role, service }, ContractJson.Options);
}
