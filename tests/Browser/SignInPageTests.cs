using System.Net.Http.Json;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Hub.Access;
using Flows.Hub.Access.People;
using Flows.Tests.Access;
using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

public sealed class SignInPageTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    [Fact]
    public async Task Somebody_signs_in_with_password_and_code_sees_their_flows_and_signs_out()
    {
        await using var site = await AccountsSite.StartAsync();
        using var ann = await site.MemberAsync("ann", "default", Role.Editor);
        await ann.PostAsJsonAsync("/api/flows", new { name = "Weather" });
        var key = (await (await ann.PostAsync("/api/me/authenticator", null)).Content.ReadFromJsonAsync<AuthenticatorKey>(ContractJson.Options))!.Key;
        AccountsSite.Ok(await ann.PutAsJsonAsync("/api/me/authenticator", new { code = SignInTests.Code(key) }));
        await using var page = await chromium.OpenNewAsync();

        await page.Page.GotoAsync($"{site.Hub.Url}/runs");
        await page["[name=name]"].FillAsync("ann");
        await page["[name=password]"].FillAsync("not the password");
        await page["button"].ClickAsync();
        await Assertions.Expect(page["[role=alert]"]).ToContainTextAsync("not right");
        await page.ShootAsync("signin-light");
        await page["[name=password]"].FillAsync(AccountsSite.Password);
        await page["button"].ClickAsync();
        await page["[name=code]"].FillAsync(SignInTests.Code(key));
        await page["button"].ClickAsync();

        await page["h1"].First.WaitForAsync();
        await Assertions.Expect(page[".account"]).ToContainTextAsync("ann");
        Assert.EndsWith("/runs", page.Page.Url);
        await page.Page.GotoAsync($"{site.Hub.Url}/");
        await page["h1"].First.WaitForAsync();
        await Assertions.Expect(page["main"]).ToContainTextAsync("Weather");
        await page[".account button"].ClickAsync();
        await page["[name=password]"].WaitForAsync();
        Assert.DoesNotContain(page.Errors, error => !error.Contains("401", StringComparison.Ordinal));
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
        await using var page = await chromium.OpenNewAsync();

        foreach (var path in new[] { "/", "/flows/hostile", "/runs", $"/runs/{run}", "/approvals" })
        {
            await page.GoAsync(path);
            Assert.True(await page.Page.EvaluateAsync<bool>("typeof hit === 'undefined' && !document.querySelector('img[src=x]')"), path);
        }
        await Assertions.Expect(page["main"]).ToContainTextAsync("onerror=hit");
        Assert.Empty(page.Errors);
        await chromium.Hub.Http.PostAsync($"/api/runs/{run}/cancel", null);
    }
}
