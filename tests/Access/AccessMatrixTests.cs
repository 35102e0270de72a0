using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Hub.Access;
using Flows.Hub.Access.Tokens;
using Flows.Hub.Runners;
using Flows.Hub.Storage;
using Flows.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Access;

/// <summary>Every operation of the OpenAPI document, asked by everybody: what comes back is what the route's rule says.</summary>
public sealed class AccessMatrixTests : IAsyncLifetime
{
    private readonly Dictionary<string, string> _values = [];
    private AccountsSite _site = null!;
    private string _other = "", _somebody = "";

    public async ValueTask InitializeAsync()
    {
        _site = await AccountsSite.StartAsync();
        _other = await _site.ProjectAsync("other");
        _somebody = await _site.PersonAsync("somebody");
        await SeedAsync();
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task Every_operation_answers_everybody_as_its_rule_says()
    {
        var operations = await OperationsAsync();
        var askers = await AskersAsync();
        var wrong = new List<string>();

        // Whoever may most comes last: what they remove was there for the others.
        foreach (var asker in askers)
        {
            foreach (var operation in operations.OrderBy(operation => operation.Method == "DELETE"))
            {
                var status = await AskAsync(asker.Http, operation);
                if (!Fits(operation.Rule, asker, status) && !IsTokenForToken(operation, asker, status)) wrong.Add($"{asker.Name}: {operation.Method} {operation.Path} ({operation.Rule}) answered {(int)status}");
            }
        }

        Assert.True(operations.Count > 60, $"only {operations.Count} operations");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static bool Fits(RouteRule rule, Asker asker, HttpStatusCode status) => (rule, asker) switch
    {
        (RouteRule.Anyone, _) => status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden),
        (RouteRule.RunnerToken, { Kind: AskerKind.RunnerToken }) => IsIn(status),
        (RouteRule.OwnRunner, { Kind: AskerKind.Runner, IsForeign: false }) => IsIn(status),
        (_, { Kind: AskerKind.RunnerToken or AskerKind.Runner }) => status == HttpStatusCode.Unauthorized,
        // What it makes is its own project's; what is not of its run is not there.
        (RouteRule.InProject { OrStep: true } own, { Kind: AskerKind.Step }) => own.Thing == Thing.Chosen ? IsIn(status) : status == HttpStatusCode.NotFound,
        (_, { Kind: AskerKind.Step }) => status == HttpStatusCode.Unauthorized,
        (_, { Role: null, IsForeign: false }) => status == HttpStatusCode.Unauthorized,
        (RouteRule.RunnerToken or RouteRule.OwnRunner or RouteRule.OwnStep, _) => status == HttpStatusCode.Unauthorized,
        (RouteRule.SignedIn, _) => status is not HttpStatusCode.Unauthorized,
        (RouteRule.Administrators, { Role: Role.Administrator }) => IsIn(status),
        (RouteRule.Administrators, _) => status == HttpStatusCode.Forbidden,
        // Who chooses a project that is not theirs: it is not there.
        (RouteRule.InProject, { IsForeign: true }) => status == HttpStatusCode.NotFound,
        (RouteRule.ToDeploy, { IsForeign: true }) => status == HttpStatusCode.NotFound,
        (RouteRule.ToDeploy, _) => asker.Role >= Role.Operator ? IsIn(status) : status == HttpStatusCode.Forbidden,
        (RouteRule.InProject needed, _) when asker.Role >= needed.Role => IsIn(status),
        (RouteRule.InProject, _) => status == HttpStatusCode.Forbidden,
        _ => false,
    };

    // A token makes no tokens, whatever its role.
    private static bool IsTokenForToken(Operation operation, Asker asker, HttpStatusCode status) =>
        operation is { Method: "POST", Path: "/api/tokens" } && asker.Name.Contains("token", StringComparison.Ordinal) && status == HttpStatusCode.Forbidden;

    // Past the rule: what the route itself says then is another test's.
    private static bool IsIn(HttpStatusCode status) => status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) && (int)status < 500;

    private async Task<List<Asker>> AskersAsync()
    {
        var expired = (await _site.TokenAsync(_site.Administrator, "default", Role.Owner, service: true)).Token;
        await using (var db = await _site.Hub.Services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContextAsync())
            await db.Set<TokenRow>().Where(row => row.Digest == ApiToken.DigestOf(expired)).ExecuteUpdateAsync(set => set.SetProperty(row => row.ExpiresAt, DateTimeOffset.UnixEpoch));
        var anonymous = AccountsSite.Browser(_site.Hub);
        return
        [
            new("anonymous", anonymous, null),
            new("expired token", _site.Program(expired), null),
            new("unknown token", _site.Program("flows_" + new string('0', 64)), null),
            new("whoever has the runner token", _site.Program(_site.Hub.Services.GetRequiredService<RunnerToken>().Value), null) { Kind = AskerKind.RunnerToken },
            new("runner", RunnerOf("thing"), null) { Kind = AskerKind.Runner },
            new("another runner", RunnerOf("other"), null, IsForeign: true) { Kind = AskerKind.Runner },
            new("step of another project", _site.Program(_site.Hub.Services.GetRequiredService<StepTokens>().Of(new JobKey(await WaitingRunAsync(_other), 1, 1))), null) { Kind = AskerKind.Step },
            new("foreign token", await ProgramAsync(_other, Role.Owner), Role.Owner, IsForeign: true),
            new("foreign person", await _site.MemberAsync("fay", _other, Role.Owner), Role.Owner, IsForeign: true),
            new("viewer", await _site.MemberAsync("vic", "default", Role.Viewer), Role.Viewer),
            new("viewer's token", await ProgramAsync("default", Role.Viewer), Role.Viewer),
            new("editor", await _site.MemberAsync("eve", "default", Role.Editor), Role.Editor),
            new("operator", await _site.MemberAsync("oto", "default", Role.Operator), Role.Operator),
            new("owner", await _site.MemberAsync("olga", "default", Role.Owner), Role.Owner),
            new("owner's token", await ProgramAsync("default", Role.Owner), Role.Owner),
            new("administrator", _site.Administrator, Role.Administrator),
        ];
    }

    private async Task<string> WaitingRunAsync(string project)
    {
        AccountsSite.Ok(await _site.Administrator.PostAsync($"/api/flows/import?publish=true&project={project}", new StringContent(Some.Chain("waits", Some.Activity("w", "Elsa.Event", ("eventName", Some.Text("never")))), Encoding.UTF8, "application/json")));
        return await _site.Administrator.StartRunAsync("waits");
    }

    private async Task<HttpClient> ProgramAsync(string project, Role role) => _site.Program((await _site.TokenAsync(_site.Administrator, project, role, service: true)).Token);

    private async Task<List<Operation>> OperationsAsync()
    {
        var document = (await _site.Administrator.GetFromJsonAsync<JsonObject>("/openapi/v1.json"))!;
        var rules = RouteRuleTests.Routes(_site.Hub).SelectMany(route => (route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Select(method => (Key: Key(method, route.RoutePattern.RawText!), route)))
            .DistinctBy(pair => pair.Key).ToDictionary(pair => pair.Key, pair => pair.route.Metadata.GetMetadata<RouteRule>()!);
        return [.. from path in document["paths"]!.AsObject()
                   from verb in path.Value!.AsObject()
                   where verb.Key is "get" or "put" or "post" or "delete" or "head" or "patch"
                   select new Operation(verb.Key.ToUpperInvariant(), path.Key, rules[Key(verb.Key, path.Key)])];
    }

    private static string Key(string method, string path) => $"{method.ToUpperInvariant()} /{path.Trim('/').Replace("**", "", StringComparison.Ordinal)}";

    private async Task<HttpStatusCode> AskAsync(HttpClient http, Operation operation)
    {
        var address = operation.Path;
        foreach (var (name, value) in Values(operation)) address = address.Replace($"{{{name}}}", value, StringComparison.Ordinal);
        // A person of another project chooses this one.
        using var request = new HttpRequestMessage(new HttpMethod(operation.Method), address + (address.Contains("/runners/") ? "?session=x&project=default" : "?project=default"));
        if (operation.Method is "POST" or "PUT") request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        return answer.StatusCode;
    }

    private IEnumerable<(string, string)> Values(Operation operation)
    {
        var id = operation.Path.StartsWith("/api/backfills", StringComparison.Ordinal) ? "backfill" : operation.Path.StartsWith("/api/tokens", StringComparison.Ordinal) ? "token"
            : operation.Path.StartsWith("/api/library", StringComparison.Ordinal) ? "item" : operation.Path.Contains("bookmarks", StringComparison.Ordinal) || operation.Path.Contains("tasks", StringComparison.Ordinal) || operation.Path.Contains("approvals", StringComparison.Ordinal) ? "bookmark" : "run";
        yield return ("id", _values[id]);
        foreach (var (name, value) in _values) yield return (name, value);
        var named = operation.Path.StartsWith("/api/people", StringComparison.Ordinal) ? _somebody : "thing";
        yield return ("name", named);
    }

    // One of each thing that a route may be about, in the project "default".
    private async Task SeedAsync()
    {
        var flow = (await (await _site.Administrator.PostAsJsonAsync("/api/flows", new { name = "f" })).Content.ReadFromJsonAsync<JsonObject>())!["definitionId"]!.GetValue<string>();
        await _site.Administrator.PutAsync($"/api/flows/{flow}/files/a.txt", new StringContent("a"));
        AccountsSite.Ok(await _site.Administrator.PostAsync($"/api/flows/{flow}/publish", null));
        var run = (await (await _site.Administrator.PostAsJsonAsync($"/api/flows/{flow}/runs?wait=30", new { })).Content.ReadFromJsonAsync<JsonObject>())!["id"]!.GetValue<string>();
        var artifact = (await (await _site.Administrator.PostAsync("/api/artifacts?name=a.txt", new StringContent("a"))).Content.ReadFromJsonAsync<JsonObject>())!["sha256"]!.GetValue<string>();
        await using var db = await _site.Hub.Services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContextAsync();
        db.Add(new Flows.Hub.Backfills.BackfillRow { Id = "b1", DefinitionId = flow, Request = "{\"flow\":\"x\",\"input\":\"i\"}", State = Flows.Contract.Backfills.BackfillState.Finished });
        db.Add(new Flows.Hub.Deployments.DeploymentRow { Name = "thing", Model = "m", Version = 1, Status = Flows.Contract.Models.DeploymentStatus.Stopped, CreatedAt = DateTimeOffset.UnixEpoch });
        db.Add(new Flows.Hub.Library.LibraryFlowRow { Id = "shared", SourceId = flow, Name = "f", LatestVersion = 1 });
        db.Add(new Flows.Hub.Library.LibraryVersionRow { Id = "shared", Version = 1, Json = "[]", Files = "[]" });
        await db.SaveChangesAsync();
        foreach (var (name, value) in new[]
        {
            ("definitionId", flow), ("path", "a.txt"), ("run", run), ("bookmark", $"{run}.1.1"), ("sha256", artifact), ("backfill", "b1"), ("token", "t1"), ("item", "shared"), ("stepId", $"{run}.1"),
            ("deployment", "thing"), ("environment", "production"), ("activityId", "a"), ("version", "1"), ("alias", "best"), ("projectId", "default"), ("kind", "person"), ("member", _somebody),
        }) _values[name] = value;
    }

    private sealed record Operation(string Method, string Path, RouteRule Rule);

    private HttpClient RunnerOf(string name) => _site.Program(_site.Hub.Services.GetRequiredService<RunnerPasses>().Of(name));

    private enum AskerKind { Any, RunnerToken, Runner, Step }

    private sealed record Asker(string Name, HttpClient Http, Role? Role, bool IsForeign = false)
    {
        public AskerKind Kind { get; init; }
    }
}
