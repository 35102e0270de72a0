using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Flows;
using Flows.Contract.Runs;
using Flows.Hub.Artifacts;
using Flows.Hub.Runners;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Access;

/// <summary>Two projects on one server: who is in one of them knows nothing of the other.</summary>
public sealed class ProjectTests(ProjectTests.TwoProjects two) : IClassFixture<ProjectTests.TwoProjects>
{
    private readonly AccountsSite _site = two.Site;
    private readonly HttpClient _ann = two.Ann, _ben = two.Ben;

    [Fact]
    public async Task A_list_shows_what_is_in_ones_own_projects()
    {
        var run = await RunAsync(_ann, "northern");

        foreach (var (who, own, foreign) in new[] { (_ann, "northern", "southern"), (_ben, "southern", "northern") })
        {
            var flows = await NamesAsync(who, "/api/flows", "definitionId");
            Assert.Contains(own, flows);
            Assert.DoesNotContain(foreign, flows);
        }
        Assert.Contains(run.Id, await NamesAsync(_ann, "/api/runs", "id"));
        Assert.DoesNotContain(run.Id, await NamesAsync(_ben, "/api/runs", "id"));
        Assert.Superset(new HashSet<string> { "northern", "southern" }, (await NamesAsync(_site.Administrator, "/api/flows", "definitionId")).ToHashSet());
    }

    [Fact]
    public async Task A_list_is_of_one_project_when_the_request_names_it()
    {
        var north = await NamesAsync(_site.Administrator, $"/api/flows?project={two.North}", "definitionId");
        var foreign = await _ann.GetAsync($"/api/flows?project={two.South}");
        var absent = await _ann.GetAsync("/api/flows?project=nowhere");

        Assert.Contains("northern", north);
        Assert.DoesNotContain("southern", north);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (foreign.StatusCode, absent.StatusCode));
        Assert.Equal((await SaidAsync(absent)).Replace("nowhere", two.South, StringComparison.Ordinal), await SaidAsync(foreign));
    }

    [Fact]
    public async Task The_audit_log_says_in_which_project_something_was_done()
    {
        await RunAsync(_ann, "northern");

        var rows = (await _site.Administrator.GetFromJsonAsync<JsonArray>("/api/audit"))!;

        // What was refused names no project: that would say where the flow is.
        Assert.Equal([two.North], rows.Where(row => (string?)row!["actor"] == two.AnnName && (string?)row["action"] == "run.start" && (int)row["status"]! < 400).Select(row => (string?)row!["projectId"]).Distinct());
    }

    [Fact]
    public async Task A_run_belongs_to_its_flows_project_and_to_whoever_started_it()
    {
        var run = await RunAsync(_ann, "northern");

        var kept = (await _ann.GetFromJsonAsync<RunRecord>($"/api/runs/{run.Id}", ContractJson.Options))!;

        Assert.Equal((two.North, two.AnnName), (kept.ProjectId, kept.Author));
    }

    [Theory]
    [InlineData("GET", "/api/flows/{0}", "southern", "nothing")]
    [InlineData("GET", "/api/flows/{0}/versions", "southern", "nothing")]
    [InlineData("GET", "/api/flows/{0}/files", "southern", "nothing")]
    [InlineData("PUT", "/api/flows/{0}", "southern", "nothing")]
    [InlineData("DELETE", "/api/flows/{0}", "southern", "nothing")]
    [InlineData("POST", "/api/flows/{0}/runs", "southern", "nothing")]
    public async Task What_is_not_ones_own_answers_as_if_it_were_not_there(string method, string address, string foreign, string missing)
    {
        var hidden = await SendAsync(_ann, method, string.Format(null, address, foreign));
        var absent = await SendAsync(_ann, method, string.Format(null, address, missing));

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (hidden.StatusCode, absent.StatusCode));
        Assert.Equal((await SaidAsync(absent)).Replace(missing, foreign, StringComparison.Ordinal), await SaidAsync(hidden));
    }

    [Fact]
    public async Task Members_of_another_project_are_not_there_either()
    {
        var (hidden, absent) = (await _ann.GetAsync($"/api/projects/{two.South}/members"), await _ann.GetAsync("/api/projects/nowhere/members"));

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (hidden.StatusCode, absent.StatusCode));
        Assert.Equal((await SaidAsync(absent)).Replace("nowhere", two.South, StringComparison.Ordinal), await SaidAsync(hidden));
    }

    [Fact]
    public async Task A_live_run_of_another_project_is_not_there_either()
    {
        await ImportAsync(_ben, "waiting", """{"id":"e","type":"Elsa.Event","eventName":{"typeName":"String","expression":{"type":"Literal","value":"go"}}}""");
        var run = await StartAsync(_ben, "waiting");

        var answer = await _ann.GetAsync($"/api/runs/{run}");
        var cancel = await _ann.PostAsync($"/api/runs/{run}/cancel", null);
        var delivered = await (await _ann.PostAsJsonAsync("/api/events/go", new { })).Content.ReadFromJsonAsync<JsonObject>();

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (answer.StatusCode, cancel.StatusCode));
        Assert.Equal(0, delivered!["delivered"]!.GetValue<int>());
        await _ben.PostAsync($"/api/runs/{run}/cancel", null);
    }

    [Fact]
    public async Task An_artifact_is_read_through_a_project_that_has_it()
    {
        var put = await _ann.PostAsync("/api/artifacts?name=a.txt", new StringContent("of one in the north"));
        var sha = (await put.Content.ReadFromJsonAsync<JsonObject>())!["sha256"]!.GetValue<string>();

        Assert.Equal("of one in the north", await _ann.GetStringAsync($"/api/artifacts/{sha}"));
        Assert.Equal(HttpStatusCode.NotFound, (await _ben.GetAsync($"/api/artifacts/{sha}")).StatusCode);

        await _ben.PostAsync("/api/artifacts?name=b.txt", new StringContent("of one in the north"));
        Assert.Equal(HttpStatusCode.OK, (await _ben.GetAsync($"/api/artifacts/{sha}")).StatusCode);
    }

    // By a step of a flow, as the answer of an endpoint, as a file of a folder that somebody made up, and from a runner's copies.
    [Fact]
    public async Task A_digest_that_is_written_down_somewhere_opens_nothing_of_another_project()
    {
        var northern = await StoreAsync(_ann, "of the north");
        var (asTable, asFile) = (JsonOf(northern with { Kind = "Table" }), JsonOf(northern));
        var step = $$"""{"id":"s","type":"Flows.SqlTransform","sql":{"typeName":"String","expression":{"type":"Literal","value":"SELECT * FROM input"} },"table":{"typeName":"Object","expression":{"type":"Object","value":{{asTable}} } } }""";
        await ImportAsync(_ann, "own", step);
        await ImportAsync(_ben, "thief", step);
        await ImportAsync(_ben, "page", $$"""
            {"id":"h","type":"Elsa.HttpEndpoint","path":{"typeName":"String","expression":{"type":"Literal","value":"page"} },"customProperties":{"canStartWorkflow":true} },
            {"id":"w","type":"Elsa.WriteHttpResponse","content":{"typeName":"Object","expression":{"type":"Object","value":{{asFile}} } } }
            """, """{"source":{"activity":"h","port":"Done"},"target":{"activity":"w","port":"In"} }""");
        var folder = await StoreAsync(_ben, JsonSerializer.Serialize(new ArtifactFolder([new ManifestEntry("a.txt", northern.Sha256, 12)]), ContractJson.Options));

        Assert.DoesNotContain("There is no artifact", (await RunAsync(_ann, "own")).Incidents.Single().Message);
        Assert.Contains("There is no artifact", (await RunAsync(_ben, "thief")).Incidents.Single().Message);
        Assert.Contains("There is no artifact", await (await _ben.GetAsync("/workflows/page")).Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await _ben.GetAsync($"/api/artifacts/{folder.Sha256}/a.txt")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _ben.GetAsync($"/api/artifacts/{folder.Sha256}")).StatusCode);
        var register = await _ben.PostAsJsonAsync("/api/datasets", new Flows.Contract.DataSets.DataSetRegistration("taken", northern), ContractJson.Options);
        Assert.Contains("There is no artifact", await register.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_runners_copy_is_given_to_steps_of_a_project_that_has_the_bytes()
    {
        var (northern, folder) = (await StoreAsync(_ann, "of the north"), Directory.CreateTempSubdirectory("flows-copies-").FullName);
        using var http = new HubHttp(new RunnerOptions([_site.Hub.Url], "") { Name = "r", Data = folder });
        var copies = new ArtifactStore(folder);
        var (ann, ben) = (await OfStepAsync("waits-north", _ann, two.North), await OfStepAsync("waits-south", _ben, two.South));

        Assert.Equal("of the north", await File.ReadAllTextAsync(await ann.FetchAsync(northern)));
        Assert.True(await copies.HasAsync(northern.Sha256));
        Assert.Contains("There is no artifact", (await Assert.ThrowsAsync<ActivityFault>(() => ben.FetchAsync(northern))).Message);
        Directory.Delete(folder, recursive: true);

        async Task<HubArtifacts> OfStepAsync(string flow, HttpClient who, string project)
        {
            await ImportAsync(who, flow, """{"id":"w","type":"Elsa.Event","eventName":{"typeName":"String","expression":{"type":"Literal","value":"never"} } }""");
            var run = await StartAsync(who, flow);
            var token = _site.Hub.Services.GetRequiredService<StepTokens>().Of(new JobKey(run, 1, 1));
            return new HubArtifacts(copies, new ReadableCopies(), http, new StepAssignment("", run, "", 1) { ProjectId = project, Token = token });
        }
    }

    [Fact]
    public async Task A_file_that_comes_to_an_endpoint_belongs_to_the_project_of_its_flow()
    {
        await ImportAsync(_ann, "inbox", """{"id":"h","type":"Elsa.HttpEndpoint","path":{"typeName":"String","expression":{"type":"Literal","value":"inbox"} },"supportedMethods":{"typeName":"String[]","expression":{"type":"Object","value":"[\"POST\"]"} },"customProperties":{"canStartWorkflow":true} }""");
        var bytes = Encoding.UTF8.GetBytes("sent in");

        AccountsSite.Ok(await _ben.PostAsync("/workflows/inbox", new ByteArrayContent(bytes) { Headers = { ContentType = new("application/octet-stream") } }));

        var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
        Assert.Equal("sent in", await _ann.GetStringAsync($"/api/artifacts/{sha256}"));
        Assert.Equal(HttpStatusCode.NotFound, (await _ben.GetAsync($"/api/artifacts/{sha256}")).StatusCode);
    }

    // A JSON text that holds JSON, as an expression of kind Object has it.
    private static string JsonOf(Artifact artifact) => JsonValue.Create(artifact.ToJson().ToJsonString()).ToJsonString();

    private static async Task<Artifact> StoreAsync(HttpClient http, string text) =>
        (await (await http.PostAsync("/api/artifacts?name=a.txt", new StringContent(text))).Content.ReadFromJsonAsync<Artifact>(ContractJson.Options))!;

    [Fact]
    public async Task A_flow_cannot_use_or_start_one_of_another_project()
    {
        await ImportAsync(_ben, "guarded");
        await ImportAsync(_ann, "curious", """{"id":"x","type":"Elsa.ExecuteWorkflow","workflowDefinitionId":{"typeName":"String","expression":{"type":"Literal","value":"guarded"}},"waitForCompletion":{"typeName":"Boolean","expression":{"type":"Literal","value":true}}}""");

        var run = await RunAsync(_ann, "curious");

        Assert.Equal(RunSubStatus.Faulted, run.SubStatus);
        Assert.Contains(run.Incidents, incident => incident.Message.Contains("guarded", StringComparison.Ordinal));
        Assert.DoesNotContain("guarded", await NamesAsync(_ben, "/api/runs", "definitionId"));
    }

    [Fact]
    public async Task Files_that_flows_share_are_shared_within_a_project()
    {
        await _ann.PutAsync("/api/flows/_project/files/note.txt", new StringContent("north"));
        await _ben.PutAsync("/api/flows/_project/files/note.txt", new StringContent("south"));

        Assert.Equal(("north", "south"), (await _ann.GetStringAsync("/api/flows/_project/files/note.txt"), await _ben.GetStringAsync("/api/flows/_project/files/note.txt")));
    }

    [Fact]
    public async Task An_id_that_is_taken_elsewhere_is_refused_and_changes_nothing()
    {
        var answer = await _ann.PostAsync("/api/flows/import", Flow("southern", Line));

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Single((await _ben.GetFromJsonAsync<JsonArray>("/api/flows/southern/versions"))!);
    }

    [Fact]
    public async Task A_member_may_what_the_role_says_and_is_told_what_is_missing()
    {
        using var vera = await _site.MemberAsync("vera", two.North, Role.Viewer);

        var reads = await vera.GetAsync("/api/flows/northern");
        var runs = await vera.PostAsJsonAsync("/api/flows/northern/runs", new RunRequest(), ContractJson.Options);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (reads.StatusCode, runs.StatusCode));
        Assert.Contains("editor", await runs.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_role_that_is_taken_away_is_gone_at_once()
    {
        var name = await _site.PersonAsync("guest", two.North, Role.Viewer);
        using var guest = await _site.BrowserAsync(name);
        Assert.Equal(HttpStatusCode.OK, (await guest.GetAsync("/api/flows/northern")).StatusCode);

        AccountsSite.Ok(await _site.Administrator.DeleteAsync($"/api/projects/{two.North}/members/person/{name}"));

        Assert.Equal(HttpStatusCode.NotFound, (await guest.GetAsync("/api/flows/northern")).StatusCode);
    }

    private const string Line = """{"id":"w","type":"Elsa.WriteLine","text":{"typeName":"String","expression":{"type":"Literal","value":"hello"}}}""";

    private static StringContent Flow(string id, string activity, string connections = "") => new($$$"""
        {"definitionId":"{{{id}}}","name":"{{{id}}}","root":{"id":"f","type":"Elsa.Flowchart","activities":[{{{activity}}}],"connections":[{{{connections}}}]} }
        """, Encoding.UTF8, "application/json");

    private static async Task ImportAsync(HttpClient http, string id, string activity = Line, string connections = "") => AccountsSite.Ok(await http.PostAsync("/api/flows/import?publish=true", Flow(id, activity, connections)));

    private static async Task<RunRecord> RunAsync(HttpClient http, string flow)
    {
        var answer = await http.PostAsJsonAsync($"/api/flows/{flow}/runs?wait=60", new RunRequest(), ContractJson.Options);
        AccountsSite.Ok(answer);
        return (await answer.Content.ReadFromJsonAsync<RunRecord>(ContractJson.Options))!;
    }

    // All but the number of the request.
    private static async Task<string> SaidAsync(HttpResponseMessage answer)
    {
        var said = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
        said.Remove("traceId");
        return said.ToJsonString();
    }

    private static async Task<string> StartAsync(HttpClient http, string flow) => await http.StartRunAsync(flow);

    private static Task<HttpResponseMessage> SendAsync(HttpClient http, string method, string address) =>
        http.SendAsync(new HttpRequestMessage(new HttpMethod(method), address) { Content = method is "PUT" or "POST" ? new StringContent("{}", Encoding.UTF8, "application/json") : null });

    private static async Task<List<string>> NamesAsync(HttpClient http, string address, string field) =>
        [.. (await http.GetFromJsonAsync<JsonArray>(address))!.Select(item => item![field]!.GetValue<string>())];

    public sealed class TwoProjects : IAsyncLifetime
    {
        public AccountsSite Site { get; } = new();

        public string North { get; private set; } = "";

        public string South { get; private set; } = "";

        public string AnnName { get; private set; } = "";

        /// <summary>Operator in the north.</summary>
        public HttpClient Ann { get; private set; } = null!;

        /// <summary>Operator in the south.</summary>
        public HttpClient Ben { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await Site.InitializeAsync();
            (North, South) = (await Site.ProjectAsync("north"), await Site.ProjectAsync("south"));
            AnnName = await Site.PersonAsync("ann", North, Role.Operator);
            (Ann, Ben) = (await Site.BrowserAsync(AnnName), await Site.MemberAsync("ben", South, Role.Operator));
            await ImportAsync(Ann, "northern");
            await ImportAsync(Ben, "southern");
        }

        public ValueTask DisposeAsync() => Site.DisposeAsync();
    }
}
