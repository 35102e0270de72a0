using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Hub.Logs;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using LogLevel = Flows.Contract.Activities.LogLevel;

namespace Flows.Tests.Logs;

/// <summary>What somebody sends (names, paths, headers, what a provider is said to have answered) begins no line of a log, and gives no terminal a command.</summary>
public sealed class LogInjectionTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private const string Forged = "fail: Forged[0]";

    // Line ends of every kind, the start of a terminal's commands in two forms, backspaces, and marks that turn text round.
    private const string Hostile = $"x\r\n{Forged}\n{Forged}\r{Forged}\u0085{Forged}\u2028{Forged}\u2029{Forged}\u001b[2K\u001b[1A{Forged}\u009b2J\u0008\u202e{Forged}\u0000";

    [Fact]
    public async Task The_servers_console_keeps_its_lines()
    {
        await using var provider = await OidcProvider.StartAsync();
        var data = Directory.CreateTempSubdirectory("flows-injected-").FullName;
        var hub = await HubProcess.StartAsync(data, options: new HubProcessOptions
        {
            Settings = new Dictionary<string, string> { ["Access__Mode"] = "accounts", ["Access__Oidc__Authority"] = provider.Url, ["Access__Oidc__ClientId"] = OidcProvider.ClientId, ["Logging__LogLevel__Flows"] = "Debug", ["Logging__LogLevel__Microsoft.AspNetCore.Authentication"] = "Debug" },
        });
        await using (hub)
        {
            await SendAsync(hub.Http.BaseAddress!);
            await PretendAsync(hub.Http.BaseAddress!);
            await Eventually.TrueAsync(() => Task.FromResult(hub.Said.Contains("error_description", StringComparison.Ordinal)), () => $"nothing of the request was logged: {hub.Said}");
            await hub.TerminateAsync(seconds: 60);
        }
        Directory.Delete(data, recursive: true);

        Assert.Contains(Forged, hub.Said);
        Assert.DoesNotContain(hub.Said.Split('\n'), line => line.TrimStart().StartsWith(Forged, StringComparison.Ordinal));
        Assert.DoesNotContain(hub.Said, IsHostile);
    }

    [Fact]
    public void What_broke_is_told_with_its_message_on_one_line()
    {
        var written = new StringWriter();
        var broken = new InvalidOperationException(Hostile, new FormatException(Hostile));

        new PlainConsole().Write(new LogEntry<string>(Microsoft.Extensions.Logging.LogLevel.Error, "Flows.Some", 7, Hostile, broken, (said, _) => said), null, written);

        var lines = written.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal(["fail: Flows.Some[7]", "      x␍␊", "      System.InvalidOperationException: x␍␊", "      System.FormatException: x␍␊"], lines.Where(line => line.Trim().Length > 0).Select(line => line.Split(Forged)[0]));
        Assert.DoesNotContain(written.ToString(), IsHostile);
    }

    [Fact]
    public async Task The_audit_log_keeps_its_rows()
    {
        await SendAsync(new Uri(shared.Hub.Url));

        var exported = await shared.Hub.Http.GetStringAsync("/api/audit/export");
        var rows = exported.TrimEnd('\n').Split('\n').Select(line => JsonNode.Parse(line)!.AsObject()).ToList();

        Assert.Equal(Enumerable.Range(1, rows.Count), rows.Select(row => row["seq"]!.GetValue<int>()));
        Assert.Contains(rows, row => row["thing"]!.GetValue<string>().Contains(Forged, StringComparison.Ordinal));
        Assert.All(rows.SelectMany(row => new[] { row["thing"], row["actor"], row["address"], row["action"] }), said => Assert.DoesNotContain(said!.GetValue<string>(), IsHostile));
        Assert.DoesNotContain(exported, IsHostile);
    }

    [Fact]
    public async Task A_runs_log_says_of_each_line_which_step_wrote_it()
    {
        await shared.Hub.ImportAsync(Some.Chain("hostile", Some.Line("say", "good night")));
        var run = await shared.Hub.RunAsync("hostile");
        var logs = shared.Hub.Services.GetRequiredService<StepLogs>();
        logs.Write(run.Id, $"{run.Id}.1", "say", LogLevel.Output, Hostile);
        logs.Write(run.Id, $"{run.Id}.2", "after", LogLevel.Output, "last");
        await logs.CloseAsync(run.Id, $"{run.Id}.2", "after");

        var lines = await shared.Hub.Http.GetFromJsonAsync<List<LogLine>>($"/api/runs/{run.Id}/logs", ContractJson.Options);

        Assert.Equal(["say", "say", "say", "after"], lines!.Select(line => line.ActivityId));
        Assert.Equal(("x", Forged, "last"), (lines![0].Text, lines[1].Text, lines[3].Text));
        Assert.StartsWith($"{Forged}␍{Forged}", lines[2].Text);
        Assert.All(lines, line => Assert.DoesNotContain(line.Text, IsHostile));
    }

    // By path, by query, by header, by name in a body.
    private static async Task SendAsync(Uri server)
    {
        using var http = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = server };
        var name = Uri.EscapeDataString(Hostile.Replace("\0", "", StringComparison.Ordinal));
        foreach (var (method, path) in new[] { ("DELETE", $"/api/flows/{name}"), ("PUT", $"/api/secrets/{name}"), ("POST", $"/api/events/{name}"), ("GET", $"/api/runs/{name}?x={name}"), ("PUT", $"/api/projects/{name}/members/person/{name}"), ("GET", $"/serve/{name}/v2") })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (method != "GET") request.Content = JsonContent.Create(new { name = Hostile, value = Hostile, role = "Viewer" });
            // What a header lets through: no end of a line, and no escape, but their cousins of Unicode.
            request.Headers.TryAddWithoutValidation("User-Agent", $"x\u0085{Forged}\u2028{Forged}");
            if (method == "GET") request.Headers.TryAddWithoutValidation("Authorization", $"Bearer x\u2028{Forged}");
            using var answer = await http.SendAsync(request);
            Assert.True((int)answer.StatusCode < 500, $"{path} answered {answer.StatusCode}");
        }
    }

    // An answer of the provider that it never gave: its error is text of whoever made the address.
    private static async Task PretendAsync(Uri server)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = server };
        var sent = (await browser.GetAsync("/signin/oidc")).Headers.Location!;
        var state = System.Web.HttpUtility.ParseQueryString(sent.Query)["state"]!;
        var said = Uri.EscapeDataString(Hostile);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync($"/signin/oidc/callback?error={said}&error_description={said}&error_uri={said}&state={Uri.EscapeDataString(state)}")).StatusCode);
    }

    private static bool IsHostile(char letter) => char.IsControl(letter) && letter is not ('\n' or '\t') || letter is '\u2028' or '\u2029' or '\u202e';
}
