using System.Net;
using System.Net.Http.Json;
using Flows.Contract;
using Flows.Hub.Access.SigningIn;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Flows.Tests.Access;

/// <summary>What is asked for after the password counts once, whatever it is.</summary>
public sealed class SecondFactorTests(SecondFactorTests.ClockedSite clocked) : IClassFixture<SecondFactorTests.ClockedSite>
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    private readonly AccountsSite _site = clocked.Site;

    [Fact]
    public async Task A_code_of_the_app_counts_once_and_no_earlier_one_after_it()
    {
        var (name, key, _) = await SetUpAsync();
        clocked.Clock.Advance(Step);
        var (code, earlier, next) = (Code(key), Code(key, -1), Code(key, 1));

        Assert.Equal(HttpStatusCode.Redirect, await TryAsync(name, code));
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(name, code));
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(name, earlier));
        Assert.Equal(HttpStatusCode.Redirect, await TryAsync(name, next));
    }

    [Fact]
    public async Task The_code_that_switched_the_app_on_signs_nobody_in()
    {
        var (name, key, _) = await SetUpAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(name, Code(key)));
    }

    [Fact]
    public async Task Of_two_who_send_one_code_at_once_one_gets_in()
    {
        var (name, key, codes) = await SetUpAsync();
        clocked.Clock.Advance(Step);

        var byApp = await Task.WhenAll(TryAsync(name, Code(key)), TryAsync(name, Code(key)));
        var byRecovery = await Task.WhenAll(TryAsync(name, codes[0]), TryAsync(name, codes[0]));

        Assert.Equal([HttpStatusCode.Redirect, HttpStatusCode.Unauthorized], byApp.Order());
        Assert.Equal([HttpStatusCode.Redirect, HttpStatusCode.Unauthorized], byRecovery.Order());
    }

    [Fact]
    public async Task Ten_recovery_codes_stand_in_for_the_app_each_once_and_only_their_digests_are_kept()
    {
        var (name, _, codes) = await SetUpAsync();
        var other = await SetUpAsync();

        Assert.Equal(RecoveryCodes.Count, codes.Distinct().Count());
        Assert.All(codes, code => Assert.Matches("^[A-Z2-9]{4}(-[A-Z2-9]{4}){3}$", code));
        Assert.Equal(HttpStatusCode.Redirect, await TryAsync(name, codes[0]));
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(name, codes[0]));
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(name, other.Codes[0]));
        // As somebody types it.
        Assert.Equal(HttpStatusCode.Redirect, await TryAsync(name, codes[1].ToLowerInvariant().Replace("-", " ", StringComparison.Ordinal)));
        await using var db = await _site.Hub.Services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContextAsync();
        var kept = await db.Set<RecoveryCodeRow>().Select(row => row.Digest).ToListAsync();
        Assert.DoesNotContain(kept, digest => codes.Any(code => digest.Contains(code, StringComparison.OrdinalIgnoreCase) || digest.Contains(code.Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task Codes_that_are_made_again_make_those_of_before_worthless()
    {
        var (name, _, codes) = await SetUpAsync();
        using var browser = await SignedInAsync(name, codes[0]);

        var refused = await browser.PostAsJsonAsync("/api/me/recovery-codes", new { password = "wrong wrong wrong" });
        var before = (await browser.GetFromJsonAsync<Account>("/api/me/account", ContractJson.Options))!;
        var again = (await (await browser.PostAsJsonAsync("/api/me/recovery-codes", new { password = AccountsSite.Password })).Content.ReadFromJsonAsync<NewRecoveryCodes>(ContractJson.Options))!.Codes;

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal((true, RecoveryCodes.Count - 1), (before.UsesAuthenticator, before.RecoveryCodes));
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(name, codes[1]));
        Assert.Equal(HttpStatusCode.Redirect, await TryAsync(name, again[1]));
    }

    [Fact]
    public async Task An_app_that_is_forgotten_takes_its_recovery_codes_with_it()
    {
        var (name, _, codes) = await SetUpAsync();

        AccountsSite.Ok(await _site.Administrator.PutAsJsonAsync($"/api/people/{name}", new { forgetAuthenticator = true }));

        using var browser = await _site.BrowserAsync(name);
        var account = (await browser.GetFromJsonAsync<Account>("/api/me/account", ContractJson.Options))!;
        Assert.Equal((false, 0), (account.UsesAuthenticator, account.RecoveryCodes));
        Assert.Equal(HttpStatusCode.Conflict, (await browser.PostAsJsonAsync("/api/me/recovery-codes", new { password = AccountsSite.Password })).StatusCode);
        Assert.NotEmpty(codes);
    }

    // Somebody who has an authenticator app from now on.
    private async Task<(string Name, string Key, IReadOnlyList<string> Codes)> SetUpAsync()
    {
        var name = await _site.PersonAsync("ann");
        using var browser = await _site.BrowserAsync(name);
        var key = await SignInTests.KeyAsync(browser);
        var on = await browser.PutAsJsonAsync("/api/me/authenticator", new { code = Code(key) });
        AccountsSite.Ok(on);
        return (name, key, (await on.Content.ReadFromJsonAsync<NewRecoveryCodes>(ContractJson.Options))!.Codes);
    }

    private string Code(string key, int stepsOn = 0) => SignInTests.Code(key, stepsOn, clocked.Clock);

    private async Task<HttpStatusCode> TryAsync(string name, string code)
    {
        using var browser = AccountsSite.Browser(_site.Hub);
        return (await TryAsync(browser, name, code)).StatusCode;
    }

    private async Task<HttpClient> SignedInAsync(string name, string code)
    {
        var browser = AccountsSite.Browser(_site.Hub);
        Assert.Equal(HttpStatusCode.Redirect, (await TryAsync(browser, name, code)).StatusCode);
        return browser;
    }

    private static async Task<HttpResponseMessage> TryAsync(HttpClient browser, string name, string code) =>
        await AccountsSite.PostFormAsync(browser, await AccountsSite.SignInAsync(browser, name), "/signin", new() { ["code"] = code });

    /// <summary>Its clock stands unless a test moves it.</summary>
    public sealed class ClockedSite : IAsyncLifetime
    {
        public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

        public AccountsSite Site { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Site = await AccountsSite.StartAsync(clock: Clock);

        public ValueTask DisposeAsync() => Site.DisposeAsync();
    }
}
