using System.Net.Http.Json;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Tests.Access;
using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

[Collection(SharedBrowser.Name)]
public sealed class SignInPageTests(ChromiumFixture chromium, AccountsSite site) : IClassFixture<AccountsSite>
{
    [Fact]
    public async Task Somebody_signs_in_sees_their_flows_and_signs_out()
    {
        var name = await site.PersonAsync("ann", "default", Role.Editor);
        using var ann = await site.BrowserAsync(name);
        await ann.PostAsJsonAsync("/api/flows", new { name = "Weather" });
        await using var page = await chromium.OpenSignedOutAsync();

        await page.Page.GotoAsync($"{site.Hub.Url}/runs");
        await FillAsync(page, name, "not the password");
        await Assertions.Expect(page["[role=alert]"]).ToContainTextAsync("not right");
        await page.ShootAsync("signin-light");
        await FillAsync(page, name, AccountsSite.Password);

        await page["h1"].First.WaitForAsync();
        await Assertions.Expect(page[".bar-menu-button"]).ToContainTextAsync(name);
        Assert.EndsWith("/runs", page.Page.Url);
        await page[".app-bar nav a"].First.ClickAsync();
        await Assertions.Expect(page["main"]).ToContainTextAsync("Weather");
        await page["[data-action=bar-menu]"].ClickAsync();
        await page["[data-action=sign-out]"].ClickAsync();
        await page["[name=password]"].WaitForAsync();
        Assert.DoesNotContain(page.Errors, error => !error.Contains("401", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Five_wrong_passwords_lock_the_account_and_the_page_says_so()
    {
        var name = await site.PersonAsync("ann");
        await using var page = await chromium.OpenSignedOutAsync();
        await page.Page.GotoAsync($"{site.Hub.Url}/signin");

        for (var i = 0; i < 5; i++)
        {
            await FillAsync(page, name, $"wrong wrong wrong {i}");
            await Assertions.Expect(page["[role=alert]"]).ToContainTextAsync("After five wrong tries the account is locked for five minutes");
        }
        await FillAsync(page, name, AccountsSite.Password);

        await Assertions.Expect(page["[role=alert]"]).ToContainTextAsync("This account is locked after too many wrong tries");
        await page.ShootAsync("signin-locked");
    }

    [Fact]
    public async Task An_authenticator_app_is_set_up_on_the_page_and_asked_for_and_a_recovery_code_stands_in_for_it()
    {
        var name = await site.PersonAsync("ann");
        await using var page = await chromium.OpenSignedOutAsync();
        await page.Page.GotoAsync($"{site.Hub.Url}/signin?return=/account");
        await FillAsync(page, name, AccountsSite.Password);

        await page["[data-action=begin-authenticator]"].ClickAsync();
        var key = (await page["[data-part=key]"].GetAttributeAsync("data-key"))!;
        await Assertions.Expect(page[".qr path"]).ToHaveAttributeAsync("d", new System.Text.RegularExpressions.Regex("^M"));
        await page.ShootAsync("account-qr");
        await page["[data-field=code]"].FillAsync("000000");
        await page["[data-action=confirm-authenticator]"].ClickAsync();
        await Assertions.Expect(page["[data-part=authenticator] [role=alert]"]).ToContainTextAsync("not the code");
        await page["[data-field=code]"].FillAsync(SignInTests.Code(key));
        await page["[data-action=confirm-authenticator]"].ClickAsync();
        var codes = (await page["[data-part=once]"].InnerTextAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await page.ShootAsync("account-codes");
        await page["[data-action=codes-kept]"].ClickAsync();
        await Assertions.Expect(page["[data-part=codes-left]"]).ToContainTextAsync("10 codes");

        await SignOutAsync(page);
        await FillAsync(page, name, AccountsSite.Password);
        await page["[name=code]"].FillAsync(codes[3]);
        await page["button"].ClickAsync();
        await Assertions.Expect(page[".bar-menu-button"]).ToContainTextAsync(name);
        await SignOutAsync(page);
        await FillAsync(page, name, AccountsSite.Password);
        await page["[name=code]"].FillAsync(codes[3]);
        await page["button"].ClickAsync();
        await Assertions.Expect(page["[role=alert]"]).ToContainTextAsync("not right");
        await page.ShootAsync("signin-code");
        await page["[name=code]"].FillAsync(SignInTests.Code(key, 1));
        await page["button"].ClickAsync();
        await Assertions.Expect(page[".bar-menu-button"]).ToContainTextAsync(name);
        await page.Page.GotoAsync($"{site.Hub.Url}/account");
        await Assertions.Expect(page["[data-part=codes-left]"]).ToContainTextAsync("9 codes");
    }

    [Fact]
    public async Task A_certified_provider_signs_somebody_in_and_their_groups_give_them_a_role()
    {
        await using var provider = await OidcProcess.StartAsync("""{"olga": ["data-science"]}""");
        await using var joined = await AccountsSite.StartAsync(new Dictionary<string, string?> { ["Access:Oidc:Authority"] = provider.Url, ["Access:Oidc:ClientId"] = OidcProcess.ClientId, ["Access:Oidc:ClientSecret"] = OidcProcess.ClientSecret });
        AccountsSite.Ok(await joined.Administrator.PutAsJsonAsync("/api/projects/default/members/group/data-science", new { role = Role.Editor }, ContractJson.Options));
        await using var page = await chromium.OpenNewAsync();
        // The provider's pages would ask for fonts elsewhere.
        await page.Page.RouteAsync("https://**", route => route.AbortAsync());

        await page.Page.GotoAsync($"{joined.Hub.Url}/project");
        await page.Page.GetByText("Sign in with your organisation").ClickAsync();
        await page["[name=login]"].FillAsync("olga");
        await page["[name=password]"].FillAsync("whatever");
        await page["button[type=submit]"].ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();

        await Assertions.Expect(page[".bar-menu-button"]).ToContainTextAsync("olga");
        Assert.EndsWith("/project", page.Page.Url);
        await Assertions.Expect(page[".lead"]).ToContainTextAsync("editor");
        await Assertions.Expect(page["[data-member=data-science]"]).ToContainTextAsync("group");
        await page.ShootAsync("project-by-group");
    }

    [Fact]
    public async Task What_people_write_is_shown_and_never_carried_out()
    {
        const string Hostile = "<img src=x onerror=hit=1><script>hit=1</script>";
        await chromium.Hub.ImportAsync($$$$"""
            {"definitionId":"hostile","name":"{{{{Hostile}}}}","description":"{{{{Hostile}}}}","root":{"id":"f","type":"Elsa.Flowchart","connections":[{"source":{"activity":"a","port":"Done"},"target":{"activity":"q","port":"In"}}],"activities":[
              {"id":"a","name":"{{{{Hostile}}}}","type":"Elsa.WriteLine","text":{"typeName":"String","expression":{"type":"Literal","value":"{{{{Hostile}}}}"}},"metadata":{"displayText":"{{{{Hostile}}}}","description":"{{{{Hostile}}}}"}},
              {"id":"q","type":"Flows.Approval","question":{"typeName":"String","expression":{"type":"Literal","value":"{{{{Hostile}}}}"}}}]}}
            """);
        var run = await chromium.Hub.StartRunAsync("hostile");
        await chromium.Hub.UntilAsync(run, record => record.SubStatus == RunSubStatus.Suspended);
        await using var page = await chromium.OpenAsync();

        foreach (var path in new[] { "/", "/flows/hostile", "/runs", $"/runs/{run}", "/approvals" })
        {
            await page.GoAsync(path);
            Assert.True(await page.Page.EvaluateAsync<bool>("typeof hit === 'undefined' && !document.querySelector('img[src=x]')"), path);
        }
        await Assertions.Expect(page["main"]).ToContainTextAsync("onerror=hit");
        Assert.Empty(page.Errors);
        await chromium.Hub.Http.PostAsync($"/api/runs/{run}/cancel", null);
    }

    internal static async Task FillAsync(ObservedPage page, string name, string password)
    {
        await page["[name=name]"].FillAsync(name);
        await page["[name=password]"].FillAsync(password);
        await page["button"].ClickAsync();
    }

    private static async Task SignOutAsync(ObservedPage page)
    {
        await page["[data-action=bar-menu]"].ClickAsync();
        await page["[data-action=sign-out]"].ClickAsync();
        await page["[name=name]"].WaitForAsync();
    }
}
