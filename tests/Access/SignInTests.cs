using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Flows.Contract;
using Flows.Contract.Audit;
using Flows.Hub.Audit;
using Flows.Tests.Support;

namespace Flows.Tests.Access;

public sealed class SignInTests(AccountsSite _site) : IClassFixture<AccountsSite>
{
    [Fact]
    public async Task Nobody_gets_in_without_signing_in()
    {
        using var browser = AccountsSite.Browser(_site.Hub);

        var api = await browser.GetAsync("/api/flows");
        var page = await browser.GetAsync("/runs/abc?x=1");

        Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
        Assert.Equal((HttpStatusCode.Redirect, "/signin?return=%2Fruns%2Fabc%3Fx%3D1"), (page.StatusCode, page.Headers.Location?.OriginalString));
    }

    [Fact]
    public async Task A_session_is_a_cookie_that_scripts_and_other_sites_do_not_get()
    {
        var ann = await _site.PersonAsync("ann");
        using var browser = AccountsSite.Browser(_site.Hub);

        var answer = await AccountsSite.SignInAsync(browser, ann, page: "/signin?return=/runs");

        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), value => value.StartsWith("flows-session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie);
        Assert.Contains("samesite=lax", cookie);
        Assert.Equal("/runs", answer.Headers.Location?.OriginalString);
        Assert.Equal(ann, (await browser.GetFromJsonAsync<Me>("/api/me", ContractJson.Options))!.Name);
    }

    [Fact]
    public async Task Signing_out_ends_the_session()
    {
        using var ann = await _site.MemberAsync("ann", "default", Role.Viewer);

        await ann.PostAsync("/signout", null);

        Assert.Equal(HttpStatusCode.Unauthorized, (await ann.GetAsync("/api/me")).StatusCode);
    }

    [Fact]
    public async Task The_audit_log_says_who_signed_in_and_out_and_who_tried_and_no_name_that_nobody_has()
    {
        var ann = await _site.PersonAsync("ann");
        using var browser = AccountsSite.Browser(_site.Hub);

        await AccountsSite.SignInAsync(browser, "my secret password", "x");
        await AccountsSite.SignInAsync(browser, ann, "wrong wrong wrong");
        await AccountsSite.SignInAsync(browser, ann);
        await browser.PostAsync("/signout", null);

        var rows = (await _site.Administrator.GetFromJsonAsync<List<AuditRecord>>("/api/audit?kind=session", ContractJson.Options))!;
        var hers = rows.Where(row => row.Actor == ann).Select(row => (row.Action, row.Thing, row.Status, (string?)row.Details?["by"], (string?)row.Details?["result"]));
        Assert.Equal([("session.begin", ann, 401, "password", "Wrong"), ("session.begin", ann, 200, "password", "Done"), ("session.end", ann, 200, null, null)], hers);
        Assert.Contains(rows, row => (row.Actor, row.Status, row.Address) == ("nobody", 401, "127.0.0.1"));
        Assert.DoesNotContain("my secret password", await _site.Administrator.GetStringAsync("/api/audit?kind=session"));
    }

    [Fact]
    public async Task Five_wrong_passwords_lock_the_account_and_nothing_tells_who_exists()
    {
        var ann = await _site.PersonAsync("ann");
        using var browser = AccountsSite.Browser(_site.Hub);

        var unknown = await AccountsSite.SignInAsync(browser, "nobody", "wrong wrong wrong");
        for (var i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.Unauthorized, (await AccountsSite.SignInAsync(browser, ann, "wrong wrong wrong")).StatusCode);
        var stillWrong = await AccountsSite.SignInAsync(browser, ann, "wrong wrong wrong");
        var right = await AccountsSite.SignInAsync(browser, ann);

        Assert.Equal(Problem(await unknown.Content.ReadAsStringAsync()), Problem(await stillWrong.Content.ReadAsStringAsync()));
        Assert.Equal(HttpStatusCode.Unauthorized, right.StatusCode);
        Assert.Contains("is locked", await right.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_authenticator_app_is_asked_for_its_code_once_it_is_set_up()
    {
        var name = await _site.PersonAsync("ann");
        using var ann = await _site.BrowserAsync(name);
        var key = await KeyAsync(ann);

        Assert.Equal(HttpStatusCode.BadRequest, (await ann.PutAsJsonAsync("/api/me/authenticator", new { code = "000000" })).StatusCode);
        AccountsSite.Ok(await ann.PutAsJsonAsync("/api/me/authenticator", new { code = Code(key) }));

        using var browser = AccountsSite.Browser(_site.Hub);
        var asked = await AccountsSite.SignInAsync(browser, name);
        var wrong = await AccountsSite.PostFormAsync(browser, asked, "/signin", new() { ["code"] = "000000" });
        var forged = await AccountsSite.PostFormAsync(browser, asked, "/signin", new() { ["ticket"] = "made up", ["code"] = Code(key, 1) });
        var right = await AccountsSite.PostFormAsync(browser, asked, "/signin", new() { ["code"] = Code(key, 1) });

        Assert.Contains("authenticator app", await asked.Content.ReadAsStringAsync());
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Redirect), (wrong.StatusCode, forged.StatusCode, right.StatusCode));
        // What was wrong is asked for again, and not the password too.
        Assert.Contains("name=\"code\"", await wrong.Content.ReadAsStringAsync());
        Assert.DoesNotContain("name=\"code\"", await forged.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_new_password_ends_the_other_sessions()
    {
        var name = await _site.PersonAsync("ann");
        using var ann = await _site.BrowserAsync(name);
        using var elsewhere = await _site.BrowserAsync(name);

        AccountsSite.Ok(await ann.PutAsJsonAsync("/api/me/password", new { current = AccountsSite.Password, @new = "another long password" }));

        Assert.Equal(HttpStatusCode.OK, (await ann.GetAsync("/api/me")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await elsewhere.GetAsync("/api/me")).StatusCode);
    }

    [Fact]
    public async Task Guesses_that_come_at_once_count_each()
    {
        var ann = await _site.PersonAsync("ann");
        using var browser = AccountsSite.Browser(_site.Hub);
        var shown = await browser.GetAsync("/signin");

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => AccountsSite.PostFormAsync(browser, shown, "/signin", new() { ["name"] = ann, ["password"] = "wrong wrong wrong" })));

        Assert.Contains("is locked", await (await AccountsSite.SignInAsync(browser, ann)).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_administrator_sees_who_signed_in_last_and_opens_what_wrong_tries_locked()
    {
        var (ann, never) = (await _site.PersonAsync("ann"), await _site.PersonAsync("never"));
        using var browser = AccountsSite.Browser(_site.Hub);
        AccountsSite.Ok(await _site.Administrator.PutAsJsonAsync($"/api/projects/default/members/person/{ann}", new { role = Role.Editor }, ContractJson.Options));
        Assert.Equal(HttpStatusCode.Redirect, (await AccountsSite.SignInAsync(browser, ann)).StatusCode);
        using var guesser = AccountsSite.Browser(_site.Hub);
        for (var i = 0; i < 5; i++) await AccountsSite.SignInAsync(guesser, ann, "wrong wrong wrong");

        var locked = await PersonAsync(ann);
        AccountsSite.Ok(await _site.Administrator.PutAsJsonAsync($"/api/people/{ann}", new { isLocked = false }));

        Assert.NotNull(locked.SignedInAt);
        Assert.NotNull(locked.LockedUntil);
        Assert.Equal(new HeldRole("default", Role.Editor, null), Assert.Single(locked.Roles));
        Assert.Null((await PersonAsync(never)).SignedInAt);
        Assert.Null((await PersonAsync(ann)).LockedUntil);
        Assert.Equal(HttpStatusCode.Redirect, (await AccountsSite.SignInAsync(guesser, ann)).StatusCode);
    }

    [Fact]
    public async Task An_account_that_an_administrator_locks_is_shut_for_passwords_sessions_and_tokens()
    {
        var name = await _site.PersonAsync("ann", "default", Role.Editor);
        using var ann = await _site.BrowserAsync(name);
        var program = _site.Program((await _site.TokenAsync(ann, "default", Role.Viewer)).Token);
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/api/flows")).StatusCode);

        AccountsSite.Ok(await _site.Administrator.PutAsJsonAsync($"/api/people/{name}", new { isLocked = true }));

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), ((await ann.GetAsync("/api/me")).StatusCode, (await program.GetAsync("/api/flows")).StatusCode));
        using var browser = AccountsSite.Browser(_site.Hub);
        Assert.Contains("administrator has locked", await (await AccountsSite.SignInAsync(browser, name)).Content.ReadAsStringAsync());
        Assert.DoesNotContain("administrator", await (await AccountsSite.SignInAsync(browser, name, "wrong wrong wrong")).Content.ReadAsStringAsync());
        AccountsSite.Ok(await _site.Administrator.PutAsJsonAsync($"/api/people/{name}", new { isLocked = false }));
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/api/flows")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await _site.Administrator.PutAsJsonAsync("/api/people/root", new { isLocked = true })).StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("/\t/evil.example/")]
    [InlineData("javascript:alert(1)")]
    public async Task Signing_in_leads_nowhere_else(string address)
    {
        var ann = await _site.PersonAsync("ann");
        using var browser = AccountsSite.Browser(_site.Hub);

        var answer = await AccountsSite.PostFormAsync(browser, "/signin", new() { ["name"] = ann, ["password"] = AccountsSite.Password, ["return"] = address });

        Assert.Equal("/", answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task A_form_that_is_not_this_servers_own_is_refused()
    {
        var ann = await _site.PersonAsync("ann");
        using var browser = AccountsSite.Browser(_site.Hub);

        var answer = await browser.PostAsync("/signin", new FormUrlEncodedContent(new Dictionary<string, string> { ["name"] = ann, ["password"] = AccountsSite.Password }));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain(answer.Headers, header => header.Key == "Set-Cookie" && header.Value.Any(value => value.StartsWith("flows-session", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_setup_code_makes_one_account_and_no_other()
    {
        await using var hub = await TestHub.StartAsync(options: new() { Settings = new Dictionary<string, string?> { ["Access:Mode"] = "accounts" } });
        using var browser = AccountsSite.Browser(hub);

        var wrong = await AccountsSite.PostFormAsync(browser, "/setup", new() { ["setup"] = "AAAAA-AAAAA-AAAAA-AAAAA", ["name"] = "eve", ["password"] = AccountsSite.Password });
        var late = await _site.Administrator.GetAsync("/setup");

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Redirect), (wrong.StatusCode, late.StatusCode));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/api/people")).StatusCode);
    }

    [Fact]
    public async Task Text_in_a_form_stays_text()
    {
        using var browser = AccountsSite.Browser(_site.Hub);

        var page = await (await AccountsSite.SignInAsync(browser, "\"><script>alert(1)</script>", "wrong")).Content.ReadAsStringAsync();

        Assert.DoesNotContain("<script>", page);
        Assert.Contains("&lt;script&gt;", page);
    }

    // RFC 6238 by hand, so that Identity's own is not held against itself.
    internal static string Code(string base32, int stepsOn = 0, TimeProvider? clock = null)
    {
        var bits = string.Concat(base32.Select(letter => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter), 2).PadLeft(5, '0')));
        var key = Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2)).ToArray();
        var counter = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, (clock ?? TimeProvider.System).GetUtcNow().ToUnixTimeSeconds() / 30 + stepsOn);
#pragma warning disable CA5350 // The standard that authenticator apps keep to.
        var hash = HMACSHA1.HashData(key, counter);
#pragma warning restore CA5350
        var at = hash[^1] & 15;
        return ((BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(at, 4)) & 0x7fffffff) % 1_000_000).ToString("D6", null);
    }

    internal static async Task<string> KeyAsync(HttpClient browser) =>
        (await (await browser.PostAsync("/api/me/authenticator", null)).Content.ReadFromJsonAsync<AuthenticatorKey>(ContractJson.Options))!.Key;

    private async Task<PersonSummary> PersonAsync(string name) => (await _site.Administrator.GetFromJsonAsync<List<PersonSummary>>("/api/people", ContractJson.Options))!.Single(person => person.Name == name);

    private static string Problem(string page) => page.Split("role=\"alert\">")[1].Split('<')[0];
}
