using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Triggers;
using Flows.Tests.Support;

namespace Flows.Tests.Triggers;

/// <summary>Requests to an address that nobody can guess: valid, wrong, repeated and oversized ones.</summary>
public sealed class WebhookTests
{
    private const string Secret = "it's a secret";
    private const string Body = """{"ref":"refs/heads/main","number":7}""";

    [Fact]
    public async Task GitHubs_signed_delivery_starts_one_run_however_often_it_comes()
    {
        await using var hub = await TestHub.StartAsync();
        var url = await HookAsync(hub, "github", "getOutputFrom('on').event + ' ' + getInput('ref') + ' ' + getOutputFrom('on').body.number");

        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(hub, url, Body, ("X-GitHub-Event", "push"), ("X-GitHub-Delivery", "1"))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(hub, url, Body, ("X-GitHub-Event", "push"), ("X-GitHub-Delivery", "1"), ("X-Hub-Signature-256", "sha256=" + Hmac(Body, "another")))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(hub, url, Body + " ", ("X-GitHub-Event", "push"), ("X-GitHub-Delivery", "1"), ("X-Hub-Signature-256", "sha256=" + Hmac(Body)))).StatusCode);
        Assert.Contains("A delivery was refused", (await hub.TriggerAsync("hook")).Error);
        var pinged = await SendAsync(hub, url, Body, ("X-GitHub-Event", "ping"), ("X-GitHub-Delivery", "0"), ("X-Hub-Signature-256", "sha256=" + Hmac(Body)));
        var first = await SendAsync(hub, url, Body, ("X-GitHub-Event", "push"), ("X-GitHub-Delivery", "1"), ("X-Hub-Signature-256", "sha256=" + Hmac(Body)));
        var again = await SendAsync(hub, url, Body, ("X-GitHub-Event", "push"), ("X-GitHub-Delivery", "1"), ("X-Hub-Signature-256", "sha256=" + Hmac(Body)));

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.Accepted, HttpStatusCode.OK), (pinged.StatusCode, first.StatusCode, again.StatusCode));
        Assert.True(JsonNode.Parse(await again.Content.ReadAsStringAsync())!["repeated"]!.GetValue<bool>());
        var run = Assert.Single(await hub.UntilRunsAsync("hook", 1));
        Assert.Equal(("webhook", "push refs/heads/main 7"), (run.Trigger, Assert.Single(run.Lines)));
        Assert.Null((await hub.TriggerAsync("hook")).Error);
    }

    [Fact]
    public async Task GitLabs_token_is_asked_for_and_only_the_events_that_are_wanted_start_a_run()
    {
        await using var hub = await TestHub.StartAsync();
        var url = await HookAsync(hub, "gitlab", "getOutputFrom('on').event", ("events", "Push Hook"));

        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(hub, url, Body, ("X-Gitlab-Event", "Push Hook"), ("X-Gitlab-Token", "wrong"), ("X-Gitlab-Event-UUID", "a"))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(hub, url, Body, ("X-Gitlab-Event", "Push Hook"), ("X-Gitlab-Event-UUID", "a"))).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(hub, url, Body, ("X-Gitlab-Event", "Tag Push Hook"), ("X-Gitlab-Token", Secret), ("X-Gitlab-Event-UUID", "a"))).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(hub, url, Body, ("X-Gitlab-Event", "Push Hook"), ("X-Gitlab-Token", Secret), ("X-Gitlab-Event-UUID", "b"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(hub, url, Body, ("X-Gitlab-Event", "Push Hook"), ("X-Gitlab-Token", Secret), ("X-Gitlab-Event-UUID", "b"))).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(hub, url, Body, ("X-Gitlab-Event", "Push Hook"), ("X-Gitlab-Token", Secret), ("X-Gitlab-Event-UUID", "c"), ("Idempotency-Key", "other"))).StatusCode);

        Assert.Equal(2, (await hub.UntilRunsAsync("hook", 2)).Count);
    }

    [Fact]
    public async Task A_plain_signature_counts_for_five_minutes_and_once()
    {
        await using var hub = await TestHub.StartAsync();
        var url = await HookAsync(hub, "plain", "'it'");
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(hub, url, Body)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(hub, url, Body, Signed(now - 400))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(hub, url, Body, Signed(now + 400))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(hub, url, Body, ("Flows-Signature", $"t={now},v1=zz"))).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(hub, url, Body, Signed(now))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(hub, url, Body, Signed(now))).StatusCode);

        Assert.Single(await hub.UntilRunsAsync("hook", 1));
    }

    [Fact]
    public async Task Without_a_secret_a_plain_webhook_takes_what_its_address_gets_and_one_of_GitHub_takes_nothing()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(TriggerCalls.Flow("open", TriggerCalls.Trigger("Flows.Webhook"), "getOutputFrom('on').query.from + ': ' + getOutputFrom('on').body"));
        await hub.ImportAsync(TriggerCalls.Flow("closed", TriggerCalls.Trigger("Flows.Webhook", ("kind", "github"))));

        Assert.Equal(HttpStatusCode.Accepted, (await hub.Http.PostAsync(await AddressAsync(hub, "open") + "?from=me", new StringContent("hello"))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(hub, await AddressAsync(hub, "closed"), Body, ("X-GitHub-Event", "push"))).StatusCode);

        Assert.Equal(["me: hello"], Assert.Single(await hub.UntilRunsAsync("open", 1)).Lines);
        Assert.Contains("needs a secret", (await hub.TriggerAsync("closed")).Error);
    }

    [Fact]
    public async Task An_address_is_told_once_kept_as_a_digest_and_void_when_another_is_made()
    {
        using var storage = await TestStorage.NewAsync(StorageKind.Sqlite, null!);
        string first, second;
        await using (var hub = await TestHub.StartAsync(storage.Folder, storage.Options))
        {
            await hub.ImportAsync(TriggerCalls.Flow("hook", TriggerCalls.Trigger("Flows.Webhook")));
            (first, second) = (await AddressAsync(hub, "hook"), await AddressAsync(hub, "hook"));

            Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(hub, first, Body)).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(hub, hub.Url + "/hooks/short", Body)).StatusCode);
            Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(hub, second, Body)).StatusCode);
            Assert.True((await hub.TriggerAsync("hook")).HasToken);
            await hub.Http.PostAsync("/api/flows/hook/unpublish", null);
            Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(hub, second, Body)).StatusCode);
        }
        var token = second.Split('/')[^1];
        Assert.True(token.Length >= 43);
        foreach (var file in Directory.GetFiles(storage.Folder, "*", SearchOption.AllDirectories))
            Assert.False((await File.ReadAllBytesAsync(file)).AsSpan().IndexOf(Encoding.ASCII.GetBytes(token)) >= 0, $"the token lies in {file}");
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_no_JSON_starts_nothing()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(TriggerCalls.Flow("hook", TriggerCalls.Trigger("Flows.Webhook", ("bodyLimit", "1000"))));
        var url = await AddressAsync(hub, "hook");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await SendAsync(hub, url, new string('x', 1001))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(hub, url, "{no")).StatusCode);

        Assert.Empty(await hub.RunsAsync("hook"));
    }

    [Fact]
    public async Task The_secret_is_in_no_row_of_the_trigger_and_in_no_record_of_its_runs()
    {
        await using var hub = await TestHub.StartAsync();
        var url = await HookAsync(hub, "gitlab", "'it'");

        await SendAsync(hub, url, Body, ("X-Gitlab-Event", "Push Hook"), ("X-Gitlab-Token", Secret));

        var run = Assert.Single(await hub.UntilRunsAsync("hook", 1));
        Assert.DoesNotContain("it's a secret", System.Text.RegularExpressions.Regex.Unescape(await hub.Http.GetStringAsync($"/api/runs/{run.Id}")));
        Assert.DoesNotContain("it's a secret", System.Text.RegularExpressions.Regex.Unescape(await hub.Http.GetStringAsync("/api/triggers")));
    }

    [Fact]
    public async Task A_secret_of_the_project_is_asked_for_by_its_name_and_opens_nothing_once_it_is_gone()
    {
        await using var hub = await TestHub.StartAsync();
        var kept = await hub.Http.PutAsJsonAsync("/api/secrets/hook-secret", new { value = Secret });
        Assert.True(kept.IsSuccessStatusCode, await kept.Content.ReadAsStringAsync());
        var trigger = TriggerCalls.Trigger("Flows.Webhook", ("kind", "gitlab"));
        trigger["secret"] = FlowInput.Wrap("String", ExpressionTypes.Secret, "hook-secret");
        await hub.ImportAsync(TriggerCalls.Flow("hook", trigger));
        var url = await AddressAsync(hub, "hook");

        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(hub, url, Body, ("X-Gitlab-Event", "Push Hook"), ("X-Gitlab-Token", "hook-secret"))).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(hub, url, Body, ("X-Gitlab-Event", "Push Hook"), ("X-Gitlab-Token", Secret))).StatusCode);
        await hub.Http.DeleteAsync("/api/secrets/hook-secret");
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(hub, url, Body, ("X-Gitlab-Event", "Push Hook"), ("X-Gitlab-Token", Secret))).StatusCode);

        Assert.Contains("cannot be found", (await hub.TriggerAsync("hook")).Error);
        Assert.Single(await hub.UntilRunsAsync("hook", 1));
    }

    private static async Task<string> HookAsync(TestHub hub, string kind, string script, params (string, string)[] more)
    {
        await hub.ImportAsync(TriggerCalls.Flow("hook", TriggerCalls.Trigger("Flows.Webhook", [("kind", kind), ("secret", Secret), .. more]), script, "ref"));
        return await AddressAsync(hub, "hook");
    }

    private static async Task<string> AddressAsync(TestHub hub, string flow) =>
        (await (await hub.Http.PostAsync($"/api/triggers/{flow}/on/token", null)).Content.ReadFromJsonAsync<WebhookAddress>(ContractJson.Options))!.Url;

    private static (string, string) Signed(long at) => ("Flows-Signature", $"t={at},v1={Hmac($"{at}.{Body}")}");

    private static string Hmac(string text, string secret = Secret) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text)));

    private static async Task<HttpResponseMessage> SendAsync(TestHub hub, string url, string body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        return await hub.Http.SendAsync(request);
    }
}
