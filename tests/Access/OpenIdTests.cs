using System.Net;
using System.Net.Http.Json;
using Flows.Contract;
using Flows.Contract.Audit;
using Flows.Contract.Models;
using Flows.Hub.Audit;
using Flows.Hub.Access;
using Flows.Tests.Support;

namespace Flows.Tests.Access;

public sealed class OpenIdTests : IClassFixture<OpenIdTests.OpenIdSite>
{
    private readonly OidcProvider _provider;
    private readonly AccountsSite _site;
    private readonly int _before;

    // Each test is somebody else at the same provider.
    public OpenIdTests(OpenIdSite site)
    {
        (_provider, _site) = (site.Provider, site.Accounts);
        (_provider.Subject, _provider.Name, _provider.Groups) = (_site.Fresh("s"), _site.Fresh("ann"), []);
        (_provider.Bend, _provider.SignsWithAnotherKey, _before) = (null, false, _provider.Tokens);
    }

    [Fact]
    public async Task Somebody_signs_in_and_comes_back_to_the_page_they_wanted()
    {
        using var browser = AccountsSite.Browser(_site.Hub, follows: true);

        var page = await browser.GetAsync("/signin/oidc?return=/api/me");

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("/api/me", page.RequestMessage!.RequestUri!.AbsolutePath);
        var me = (await page.Content.ReadFromJsonAsync<Me>(ContractJson.Options))!;
        Assert.Equal((_provider.Name, false, 0), (me.Name, me.IsAdministrator, me.Projects.Count));
        var rows = await _site.Administrator.GetFromJsonAsync<List<AuditRecord>>("/api/audit?kind=session", ContractJson.Options);
        Assert.Contains(rows!, row => (row.Actor, row.Status, (string?)row.Details?["by"]) == (_provider.Name, 200, "provider"));
    }

    [Fact]
    public async Task Groups_give_roles_and_take_them_away_at_the_next_sign_in()
    {
        AccountsSite.Ok(await _site.Administrator.PutAsJsonAsync("/api/projects/default/members/group/data-science", new { role = Role.Editor }, ContractJson.Options));
        _provider.Groups = ["data-science", "flows-admins"];
        var first = await MeAsync();
        _provider.Groups = ["data-science"];
        var second = await MeAsync();
        _provider.Groups = [];
        var third = await MeAsync();

        Assert.True(first.IsAdministrator);
        Assert.Equal((false, Role.Editor), (second.IsAdministrator, second.Projects.Single().Role));
        Assert.Equal((false, 0), (third.IsAdministrator, third.Projects.Count));
    }

    [Fact]
    public async Task An_environment_takes_groups_of_the_provider_as_the_project_does()
    {
        AccountsSite.Ok(await _site.Administrator.PutAsJsonAsync("/api/projects/default/members/group/readers", new { role = Role.Viewer }, ContractJson.Options));
        AccountsSite.Ok(await _site.Administrator.PutAsJsonAsync("/api/environments/customers?project=default", new EnvironmentRequest(Role.Owner, Groups: ["release"]), ContractJson.Options));

        _provider.Groups = ["readers"];
        var (may, why) = await MayDeployAsync("customers");
        _provider.Groups = ["readers", "release"];
        var named = await MayDeployAsync("customers");
        // Groups give no role by themselves: in no project, there is nothing to deploy to.
        _provider.Groups = ["release"];
        var outside = await MayDeployAsync("customers");

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.BadRequest, HttpStatusCode.NotFound), (may, named.Status, outside.Status));
        Assert.Contains("needs the role owner, or to be one of: the group release; yours is viewer", why);
    }

    [Theory]
    [InlineData("anonymous")]
    [InlineData("Local")]
    public async Task Nobody_is_called_as_rows_say_that_it_was_nobody_in_particular(string name)
    {
        _provider.Name = name;

        Assert.StartsWith(name + "-", (await MeAsync()).Name);
        Assert.Equal(HttpStatusCode.BadRequest, (await _site.Administrator.PostAsJsonAsync("/api/people", new { name, password = AccountsSite.Password }, ContractJson.Options)).StatusCode);
    }

    [Fact]
    public async Task The_same_name_here_is_somebody_else()
    {
        _provider.Name = await _site.PersonAsync("ann", "default", Role.Owner);

        var me = await MeAsync();

        Assert.StartsWith(_provider.Name + "-", me.Name);
        Assert.Empty(me.Projects);
    }

    [Fact]
    public async Task A_locked_account_is_not_opened_by_the_provider_either()
    {
        await MeAsync();
        AccountsSite.Ok(await _site.Administrator.PutAsJsonAsync($"/api/people/{_provider.Name}", new { isLocked = true }));

        Assert.Equal(HttpStatusCode.Unauthorized, await EndAsync());
    }

    [Fact]
    public async Task A_closed_account_stays_closed()
    {
        await MeAsync();
        AccountsSite.Ok(await _site.Administrator.PostAsJsonAsync($"/api/people/{_provider.Name}/close", new { }));

        Assert.Equal(HttpStatusCode.Unauthorized, await EndAsync());
    }

    [Theory]
    [InlineData("iss", "http://127.0.0.1:1/")]
    [InlineData("aud", "another client")]
    [InlineData("nonce", "replayed")]
    [InlineData("nonce", null)]
    public async Task A_token_that_says_something_else_is_refused(string claim, string? value)
    {
        _provider.Bend = claims => claims[claim] = value;

        Assert.Equal(HttpStatusCode.Unauthorized, await EndAsync());
        Assert.Equal(1, _provider.Tokens - _before);
    }

    [Fact]
    public async Task A_token_that_has_expired_is_refused()
    {
        _provider.Bend = claims => (claims["iat"], claims["exp"]) = (claims["iat"]!.GetValue<long>() - 900, claims["iat"]!.GetValue<long>() - 300);

        Assert.Equal(HttpStatusCode.Unauthorized, await EndAsync());
    }

    [Fact]
    public async Task A_token_that_somebody_else_signed_is_refused()
    {
        _provider.SignsWithAnotherKey = true;

        Assert.Equal(HttpStatusCode.Unauthorized, await EndAsync());
    }

    [Fact]
    public async Task An_answer_that_nobody_here_asked_for_is_refused()
    {
        using var browser = AccountsSite.Browser(_site.Hub);

        var answer = await browser.GetAsync("/signin/oidc/callback?code=stolen&state=made-up");

        Assert.Equal((HttpStatusCode.Unauthorized, 0), (answer.StatusCode, _provider.Tokens - _before));
    }

    private async Task<Me> MeAsync()
    {
        using var browser = AccountsSite.Browser(_site.Hub, follows: true);
        return (await browser.GetFromJsonAsync<Me>("/signin/oidc?return=/api/me", ContractJson.Options))!;
    }

    // There is no such model: whoever is let in is told that.
    private async Task<(HttpStatusCode Status, string Why)> MayDeployAsync(string environment)
    {
        using var browser = AccountsSite.Browser(_site.Hub, follows: true);
        await browser.GetAsync("/signin/oidc?return=/api/me");
        var answer = await browser.PostAsJsonAsync("/api/deployments?project=default", new DeploymentRequest("a", "none", null) { Environment = environment }, ContractJson.Options);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<HttpStatusCode> EndAsync()
    {
        using var browser = AccountsSite.Browser(_site.Hub, follows: true);
        return (await browser.GetAsync("/signin/oidc?return=/api/me")).StatusCode;
    }

    public sealed class OpenIdSite : IAsyncLifetime
    {
        public OidcProvider Provider { get; private set; } = null!;

        public AccountsSite Accounts { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Provider = await OidcProvider.StartAsync();
            Accounts = await AccountsSite.StartAsync(new Dictionary<string, string?>
            {
                ["Access:Oidc:Authority"] = Provider.Url, ["Access:Oidc:ClientId"] = OidcProvider.ClientId, ["Access:Oidc:ClientSecret"] = OidcProvider.ClientSecret, ["Access:Oidc:AdministratorGroup"] = "flows-admins",
            });
        }

        public async ValueTask DisposeAsync()
        {
            await Accounts.DisposeAsync();
            await Provider.DisposeAsync();
        }
    }
}
