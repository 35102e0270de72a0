using System.Net.Http.Json;
using Flows.Contract.Artifacts;
using Flows.Contract.Models;
using Flows.Tests.Access;
using Flows.Tests.Serving;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>People, projects, members and tokens, as they are seen and done in the designer.</summary>
[Collection(SharedBrowser.Name)]
public sealed class AccessPageTests(ChromiumFixture chromium, AccountsSite site) : IClassFixture<AccountsSite>
{
    [Fact]
    public async Task An_administrator_makes_locks_and_closes_an_account()
    {
        var (leaver, heir) = (await site.PersonAsync("leaver", "default", Role.Editor), await site.PersonAsync("heir", "default", Role.Operator));
        using (var browser = await site.BrowserAsync(leaver))
        {
            AccountsSite.Ok(await browser.PostAsJsonAsync("/api/flows", new { name = "Weather of tomorrow" }));
            await site.TokenAsync(browser, "default", Role.Viewer);
        }
        var fresh = site.Fresh("nora");
        await using var page = await OpenAsync("root", "/people");

        await page["[data-action=new-person]"].ClickAsync();
        await page["[data-field=person-name]"].FillAsync(fresh);
        await page["[data-field=person-password]"].FillAsync("short");
        await page["[data-action=make-person]"].ClickAsync();
        await Assertions.Expect(page[".dialog [role=alert]"]).ToContainTextAsync("12");
        await page["[data-field=person-password]"].FillAsync("a long enough password");
        await page["[data-action=make-person]"].ClickAsync();
        await Assertions.Expect(Row(page, fresh)).ToContainTextAsync("never");

        await Row(page, leaver).Locator("[data-action=manage]").ClickAsync();
        await page.ShootAsync("person");
        await page["[data-action=toggle-lock]"].ClickAsync();
        await Assertions.Expect(Row(page, leaver).Locator("[data-status=locked]")).ToBeVisibleAsync();

        await Row(page, leaver).Locator("[data-action=manage]").ClickAsync();
        await page["[data-action=close-account]"].ClickAsync();
        await Assertions.Expect(page["[data-held=flows]"]).ToHaveTextAsync("Weather of tomorrow");
        await Assertions.Expect(page["[data-held=tokens]"]).ToHaveTextAsync("Viewer of default");
        await Assertions.Expect(page["[data-held=projects]"]).ToHaveTextAsync("default");
        await page["[data-field=heir]"].SelectOptionAsync(heir);
        await page.ShootAsync("person-close");
        await page["[data-action=confirm-close]"].ClickAsync();
        await Assertions.Expect(Row(page, leaver).Locator("[data-status=closed]")).ToBeVisibleAsync();
        Assert.Contains(heir, await site.Administrator.GetStringAsync("/api/flows"));
        await page.ShootAsync("people-light");
        Assert.Empty(await Axe.ReadAsync(page, "people"));

        // Nobody shuts themselves out.
        await Row(page, "root").Locator("[data-action=manage]").ClickAsync();
        await Assertions.Expect(page["[data-action=close-account]"]).ToBeDisabledAsync();
        await Assertions.Expect(page["[data-action=toggle-lock]"]).ToBeDisabledAsync();
        Assert.DoesNotContain(page.Errors, error => !error.Contains("400", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_administrator_reads_the_audit_log_and_verifies_its_chain()
    {
        await using var page = await OpenAsync("root", "/audit");

        await Assertions.Expect(page["[data-audited='session.begin']"].First).ToBeVisibleAsync();
        await page["[data-action=verify]"].ClickAsync();
        await Assertions.Expect(page["[data-part=verdict]"]).ToContainTextAsync("The chain is whole");
        await page.ShootAsync("audit-light");
        Assert.Empty(await Axe.ReadAsync(page, "audit"));
        await page["[data-action=toggle-theme]"].ClickAsync();
        await page.ShootAsync("audit-dark");
        Assert.Empty(await Axe.ReadAsync(page, "audit, dark"));
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task An_owner_says_who_is_a_member_and_makes_a_token_that_is_shown_once()
    {
        var project = await site.ProjectAsync("churn");
        var (owner, guest) = (await site.PersonAsync("owner", project, Role.Owner), await site.PersonAsync("guest"));
        await using var page = await OpenAsync(owner, "/project");

        await page["[data-field=member-name]"].FillAsync("nobody-at-all");
        await page["[data-action=add-member]"].ClickAsync();
        await Assertions.Expect(page["[data-part=members] [role=alert]"]).ToContainTextAsync("nobody called");
        await page["[data-field=member-name]"].FillAsync(guest);
        await page["[data-field=member-role]"].SelectOptionAsync("Viewer");
        await page["[data-action=add-member]"].ClickAsync();
        await Assertions.Expect(page[$"[data-member={guest}]"]).ToContainTextAsync("reads");
        await page["[data-field=member-kind]"].SelectOptionAsync("Group");
        await page["[data-field=member-name]"].FillAsync("data-science");
        await page["[data-action=add-member]"].ClickAsync();
        await Assertions.Expect(page["[data-member=data-science]"]).ToContainTextAsync("group");

        await page["[data-field=environment-name]"].FillAsync("customers");
        await page["[data-field=environment-role]"].SelectOptionAsync("Owner");
        await page["[data-action=add-environment]"].ClickAsync();
        await page["[data-environment=customers] [data-field=people]"].FillAsync(guest);
        await page["[data-environment=customers] [data-field=people]"].PressAsync("Tab");
        await page["[data-environment=customers] [data-field=groups]"].FillAsync("release");
        await page["[data-environment=customers] [data-field=groups]"].PressAsync("Tab");
        await Eventually.TrueAsync(async () => await site.Administrator.GetStringAsync($"/api/environments?project={project}") is var kept && kept.Contains(guest, StringComparison.Ordinal) && kept.Contains("release", StringComparison.Ordinal));

        await page["[data-action=new-token]"].ClickAsync();
        await page["[data-field=token-name]"].FillAsync("nightly");
        await page["[data-field=token-service]"].CheckAsync();
        await page.ShootAsync("token-new");
        await page["[data-action=make-token]"].ClickAsync();
        var token = await page["[data-part=once]"].InnerTextAsync();
        await page.ShootAsync("token-made");
        await page["[data-action=token-kept]"].ClickAsync();
        await Assertions.Expect(page["[data-token=nightly]"]).ToContainTextAsync("the project's");
        Assert.DoesNotContain(token, await page.Page.ContentAsync());
        Assert.Equal("[]", await site.Program(token).GetStringAsync("/api/flows"));
        await page.ShootAsync("project-light");
        Assert.Empty(await Axe.ReadAsync(page, "project"));
        await page["[data-action=toggle-theme]"].ClickAsync();
        await page.ShootAsync("project-dark");
        Assert.Empty(await Axe.ReadAsync(page, "project, dark"));

        await page["[data-token=nightly] [data-action=withdraw]"].ClickAsync();
        await page["[data-action=confirm-withdraw]"].ClickAsync();
        await Assertions.Expect(page["[data-token=nightly]"]).ToHaveCountAsync(0);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await site.Program(token).GetAsync("/api/flows")).StatusCode);
        Assert.DoesNotContain(page.Errors, error => !error.Contains("404", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_may_not_deploy_somewhere_is_told_which_role_it_takes_before_pressing()
    {
        using var folder = new TestFolder();
        AccountsSite.Ok(await site.Administrator.PutAsJsonAsync("/api/environments/trial?project=default", new { role = "Editor" }));
        var stored = await site.Hub.Services.GetRequiredService<IArtifacts>().PutFileAsync(TinyModels.Flowers(folder), "Model");
        await site.Hub.Services.GetRequiredService<IModels>().RegisterAsync(new ModelRegistration("flowers", stored with { Facts = TinyModels.FlowerFacts.DeepClone().AsObject() }));
        await site.Hub.Services.GetRequiredService<IDeployments>().DeployAsync(new DeploymentRequest("garden", "flowers", null));
        await using var page = await OpenAsync(await site.PersonAsync("eve", "default", Role.Editor), "/models/flowers");

        await page["[data-action=deploy]"].ClickAsync();
        await Assertions.Expect(page["[data-field=environment]"]).ToHaveValueAsync("trial");
        await Assertions.Expect(page["[type=submit][form=deploy]"]).ToBeEnabledAsync();
        await page["[data-field=environment]"].SelectOptionAsync("production");
        await Assertions.Expect(page[".dialog [data-part=refusal]"]).ToHaveTextAsync("Deploying to 'production' needs the role operator; yours is editor.");
        await Assertions.Expect(page["[type=submit][form=deploy]"]).ToBeDisabledAsync();
        await page.ShootAsync("deploy-refused");

        await page.Page.EvaluateAsync("Blazor.navigateTo('deployments')");
        await Assertions.Expect(page["[data-deployment=garden] [data-part=environment]"]).ToHaveTextAsync("production");
        await Assertions.Expect(page["[data-deployment=garden] [data-part=refusal]"]).ToContainTextAsync("needs the role operator");
        await Assertions.Expect(page["[data-action=remove-deployment]"]).ToHaveCountAsync(0);
        await page.ShootAsync("deployments-refused");
        AccountsSite.Ok(await site.Administrator.DeleteAsync("/api/deployments/garden"));
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task The_chosen_project_is_what_pages_show_and_what_one_may_not_do_there_is_not_offered()
    {
        var (north, south) = (await site.ProjectAsync("north"), await site.ProjectAsync("south"));
        var ann = await site.PersonAsync("ann", north, Role.Editor);
        AccountsSite.Ok(await site.Administrator.PutAsJsonAsync($"/api/projects/{south}/members/person/{ann}", new { role = "Viewer" }));
        foreach (var project in new[] { north, south }) AccountsSite.Ok(await site.Administrator.PostAsJsonAsync($"/api/flows?project={project}", new { name = $"Flow of {project}" }));
        await using var page = await OpenAsync(ann, "/");

        await Assertions.Expect(page["main"]).ToContainTextAsync($"Flow of {north}");
        await Assertions.Expect(page["main"]).Not.ToContainTextAsync($"Flow of {south}");
        await Assertions.Expect(page["[data-action=new-flow]"]).ToBeVisibleAsync();
        await page["[data-field=project]"].SelectOptionAsync(south);
        await Assertions.Expect(page["main"]).ToContainTextAsync($"Flow of {south}");
        await Assertions.Expect(page["main"]).Not.ToContainTextAsync($"Flow of {north}");
        await Assertions.Expect(page["[data-action=new-flow]"]).ToHaveCountAsync(0);
        await Assertions.Expect(page["[data-flow] [data-action=delete]"]).ToHaveCountAsync(0);

        await page.Page.ReloadAsync();
        await Assertions.Expect(page["[data-field=project]"]).ToHaveValueAsync(south);
        await Assertions.Expect(page["main"]).ToContainTextAsync($"Flow of {south}");
        await page["[data-action=bar-menu]"].ClickAsync();
        await page.ShootAsync("bar-menu");
        await Assertions.Expect(page[".bar-menu-list a[href=people]"]).ToHaveCountAsync(0);
        await page[".bar-menu-list a[href=project]"].ClickAsync();
        await Assertions.Expect(page[".lead"]).ToContainTextAsync("viewer");
        await Assertions.Expect(page["[data-part=add-member]"]).ToHaveCountAsync(0);
        // Who goes there all the same is told why not.
        await page.Page.EvaluateAsync("Blazor.navigateTo('people')");
        await Assertions.Expect(page[".problem-notice"]).ToContainTextAsync("Only administrators");
    }

    [Fact]
    public async Task Somebody_changes_their_password_and_sees_their_tokens()
    {
        var ann = await site.PersonAsync("ann", "default", Role.Editor);
        using (var browser = await site.BrowserAsync(ann)) await site.TokenAsync(browser, "default", Role.Editor);
        await using var page = await OpenAsync(ann, "/account", ColorScheme.Dark);

        await Assertions.Expect(page["[data-token='Editor of default']"]).ToContainTextAsync("never");
        await page.ShootAsync("account-dark");
        Assert.Empty(await Axe.ReadAsync(page, "account"));
        await page["[data-field=current]"].FillAsync(AccountsSite.Password);
        await page["[data-field=new]"].FillAsync("another long password");
        await page["[data-field=again]"].FillAsync("another long passwort");
        await page["[data-action=change-password]"].ClickAsync();
        await Assertions.Expect(page["[data-part=password] [role=alert]"]).ToContainTextAsync("not the same");
        await page["[data-field=again]"].FillAsync("another long password");
        // The message stays for some seconds: who looks for it only after the click may come too late.
        var told = Assertions.Expect(page[".toast"]).ToContainTextAsync("Your password is changed");
        await page["[data-action=change-password]"].ClickAsync();
        await told;
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Where_nobody_signs_in_nothing_of_this_is_in_the_way()
    {
        await using var page = await chromium.OpenAsync();
        await page.GoAsync("/");

        await Assertions.Expect(page["[data-field=project]"]).ToHaveCountAsync(0);
        await page["[data-action=bar-menu]"].ClickAsync();
        await Assertions.Expect(page[".bar-menu-list a"]).ToHaveTextAsync(["Project", "Runners", "Audit log"]);
        await page[".bar-menu-list a[href=project]"].ClickAsync();
        await Assertions.Expect(page["[data-part=tokens]"]).ToBeVisibleAsync();
        await Assertions.Expect(page["[data-part=members]"]).ToHaveCountAsync(0);
        Assert.Empty(page.Errors);
    }

    private static ILocator Row(ObservedPage page, string person) => page[$"[data-person={person}]"];

    private async Task<ObservedPage> OpenAsync(string name, string path, ColorScheme scheme = ColorScheme.Light)
    {
        var page = await chromium.OpenSignedOutAsync(scheme);
        await page.Page.GotoAsync($"{site.Hub.Url}/signin?return={path}");
        await SignInPageTests.FillAsync(page, name, AccountsSite.Password);
        await page["h1[tabindex]"].First.WaitForAsync();
        await Assertions.Expect(page[".loading"]).ToHaveCountAsync(0);
        return page;
    }
}
