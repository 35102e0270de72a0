using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.DataSets;
using Flows.Contract.Provenance.Graphs;
using Flows.Contract.Runs;
using Flows.Hub;
using Flows.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Flows.Tests.Provenance;

/// <summary>OpenLineage events from other programs and to them.</summary>
public sealed class LineageTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private HttpClient Http => shared.Hub.Http;

    [Fact]
    public async Task An_event_of_another_program_is_kept_once_as_it_came()
    {
        var told = """{"eventType":"COMPLETE","eventTime":"2026-01-31T12:00:00Z","run":{"runId":"0191ce9d-7f5e-7e1e-9b1a-0f7f3f1f2a77"},"job":{"namespace":"warehouse","name":"nightly"},"inputs":[{"namespace":"pg://x","name":"a.b"}],"outputs":[],"producer":"https://example.org/dbt","schemaURL":"https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"}""";

        var statuses = new[] { (await PostAsync(told)).StatusCode, (await PostAsync(told)).StatusCode };

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.OK], statuses);
        var kept = (await Http.GetFromJsonAsync<JsonArray>("/api/v1/lineage?job=warehouse%20nightly"))!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(told), Assert.Single(kept)));
    }

    [Fact]
    public async Task Runs_and_data_of_other_programs_are_nodes_of_a_trace_joined_to_ours_by_name()
    {
        var (first, second) = ("0191ce9d-7f5e-7e1e-9b1a-0f7f3f1f2a01", "0191CE9D-7F5E-7E1E-9B1A-0F7F3F1F2A02");
        await RegisterAsync("joined");
        await TellAsync(first, "extract", "START", [Data("pg://raw", "a.b")], []);
        await TellAsync(first, "extract", "COMPLETE", [Data("pg://raw", "a.b")], [Data("flows://default", "datasets/joined", "1")]);
        await TellAsync(second, "publish", "FAIL", [Data("flows://default", "datasets/joined"), Data("s3://shop", "own")], [Data("s3://shop", "cube"), Data("s3://shop", "own")]);

        var back = await TraceAsync("dataset", "joined:1", "back");
        var forward = await TraceAsync("outsideData", "pg://raw a.b", "forward");
        var run = await TraceAsync("outsideRun", second, "both");

        Assert.Equal(["dataset/joined:1 < outsideRun/" + first, "outsideRun/" + first + " < outsideData/pg://raw a.b"], Links(back).Where(link => !link.Contains("artifact", StringComparison.Ordinal)));
        var job = back.Nodes.Single(node => node.Kind == TraceKinds.OutsideRun);
        Assert.Equal(("extract", "COMPLETE", "warehouse", 2), (job.Title, (string)job.Facts["status"]!, (string)job.Facts["namespace"]!, (int)job.Facts["events"]!));
        var last = "outsideRun/" + second.ToLowerInvariant();
        Assert.Superset(new HashSet<string> { "outsideRun/" + first + " < outsideData/pg://raw a.b", "dataset/joined:1 < outsideRun/" + first, last + " < dataset/joined:1", "outsideData/s3://shop cube < " + last }, Links(forward).ToHashSet());
        // What it both reads and writes did not come of itself.
        Assert.DoesNotContain(Links(run), link => link.StartsWith(last + " < outsideData", StringComparison.Ordinal));
        Assert.Contains("outsideData/s3://shop own < " + last, Links(run));
        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync("/api/trace/outsideData/pg%3A%2F%2Fraw%20a.c")).StatusCode);
        var prov = await Http.GetFromJsonAsync<JsonObject>("/api/trace/dataset/joined:1?format=prov");
        Assert.Contains("flows:outsideRun/" + first, prov!["activity"]!.AsObject().Select(one => one.Key));
    }

    [Fact]
    public async Task A_file_that_a_flow_reads_by_its_address_came_of_the_program_that_wrote_it_there()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("flows-lineage-").FullName, "raw.csv");
        await File.WriteAllTextAsync(file, "a\n1\n");
        await shared.Hub.ImportAsync(Some.Chain("reads-raw", Some.Activity("load", "Flows.FileSource", ("path", Some.Text(file)))));
        var run = await shared.Hub.RunAsync("reads-raw");
        Assert.Equal(RunSubStatus.Finished, run.SubStatus);
        await TellAsync("0191ce9d-7f5e-7e1e-9b1a-0f7f3f1f2a09", "dump", "COMPLETE", [Data("pg://dumped", "t")], [Data("flows://default", $"files/{file}")]);

        var back = await TraceAsync("run", run.Id, "back");
        var forward = await TraceAsync("outsideData", "pg://dumped t", "forward");

        Assert.Contains($"source/{file} < outsideRun/0191ce9d-7f5e-7e1e-9b1a-0f7f3f1f2a09", Links(back));
        Assert.Contains(forward.Nodes, node => node.Kind == TraceKinds.Step && node.Id.StartsWith(run.Id, StringComparison.Ordinal));
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    private static IEnumerable<string> Links(Trace trace) => trace.Links.Select(link => $"{link.To} < {link.From}");

    private async Task<Trace> TraceAsync(string kind, string id, string direction) =>
        (await Http.GetFromJsonAsync<Trace>($"/api/trace/{kind}/{Uri.EscapeDataString(id)}?direction={direction}", ContractJson.Options))!;

    private async Task RegisterAsync(string name)
    {
        var data = (await (await Http.PostAsync("/api/artifacts?name=rows.csv", new StringContent($"{name}\n1\n"))).Content.ReadFromJsonAsync<Artifact>(ContractJson.Options))!;
        (await Http.PostAsJsonAsync("/api/datasets", new DataSetRegistration(name, data), ContractJson.Options)).EnsureSuccessStatusCode();
    }

    private async Task TellAsync(string run, string job, string type, JsonNode[] inputs, JsonNode[] outputs)
    {
        var told = new JsonObject
        {
            ["eventType"] = type, ["eventTime"] = $"2026-01-31T12:00:0{(type == "START" ? 0 : 1)}Z", ["run"] = new JsonObject { ["runId"] = run }, ["job"] = new JsonObject { ["namespace"] = "warehouse", ["name"] = job },
            ["inputs"] = new JsonArray(inputs), ["outputs"] = new JsonArray(outputs), ["producer"] = "https://example.org/dbt", ["schemaURL"] = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        };
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(told.ToJsonString())).StatusCode);
    }

    private static JsonNode Data(string space, string name, string? version = null)
    {
        var data = new JsonObject { ["namespace"] = space, ["name"] = name };
        if (version is not null) data["facets"] = new JsonObject { ["version"] = new JsonObject { ["datasetVersion"] = version } };
        return data;
    }

    [Theory]
    [InlineData("{}", "'eventTime'", "'producer'", "'schemaURL'", "about nothing")]
    [InlineData("[1]", "is a JSON object")]
    [InlineData("no json", "cannot be read as JSON")]
    [InlineData("""{"eventType":"BEGIN","eventTime":"2026-01-31T12:00:00Z","producer":"https://a","schemaURL":"https://b","run":{"runId":"7"},"inputs":[{"name":""}],"outputs":{}}""", "'eventType' is one of", "no UUID", "'job' is missing", "'inputs[0]'", "'outputs' is no array")]
    public async Task What_is_no_event_is_refused_with_everything_that_is_wrong(string told, params string[] says)
    {
        var answer = await PostAsync(told);

        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.All(says, one => Assert.Contains(one, JsonNode.Parse(text)!["detail"]!.ToString()));
    }

    [Fact]
    public async Task Events_of_runs_reach_an_endpoint_that_was_away_while_they_ended_and_the_server_with_it()
    {
        var (port, data) = (FreePort.Find(), Directory.CreateTempSubdirectory("flows-lineage-").FullName);
        var options = new HubOptions { Settings = new Dictionary<string, string?> { ["Lineage:Endpoint"] = $"http://127.0.0.1:{port}/api/v1/lineage", ["Lineage:ApiKey"] = "key of the catalog" } };
        string run;
        await using (var hub = await TestHub.StartAsync(data, options))
        {
            await hub.ImportAsync(Some.Chain("told", Some.Line("a", "x")));
            run = (await hub.RunAsync("told")).Id;
        }
        var told = new ConcurrentQueue<JsonNode>();
        await using var catalog = await CatalogAsync(port, told);

        await using (var again = await TestHub.StartAsync(data, options))
        {
            await Eventually.TrueAsync(() => told.Count >= 2, "both events at the endpoint");
            Assert.Equal(["START", "COMPLETE"], told.Select(one => (string)one["eventType"]!));
            Assert.All(told, one => Assert.Equal("told", (string)one["job"]!["name"]!));
            Assert.Single(told.Select(one => (string)one["run"]!["runId"]!).Distinct());

            // One that goes on is told of when it begins, and of its end when that has come.
            await again.ImportAsync(Some.Chain("waits", Some.Activity("wait", "Elsa.Event", ("eventName", Some.Text("go on")))));
            run = await again.StartRunAsync("waits");
            await Eventually.TrueAsync(() => told.Count >= 3, "the start of the run that waits");
            var waiting = await again.UntilAsync(run, record => record.Bookmarks.Count == 1);
            Assert.Equal(["START"], OfJob("waits"));
            await again.Http.PostAsJsonAsync($"/api/bookmarks/{waiting.Bookmarks[0].Id}/resume", new JsonObject());
            await Eventually.TrueAsync(() => told.Count >= 4, "its end");
            Assert.Equal(["START", "COMPLETE"], OfJob("waits"));
        }
        IEnumerable<string> OfJob(string job) => told.Where(one => (string)one["job"]!["name"]! == job).Select(one => (string)one["eventType"]!);
        Directory.Delete(data, recursive: true);
    }

    // Refuses the first: it has to come again.
    private static async Task<WebApplication> CatalogAsync(int port, ConcurrentQueue<JsonNode> told)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var (app, asked) = (builder.Build(), 0);
        app.MapPost("/api/v1/lineage", async (HttpRequest request) =>
        {
            if (Interlocked.Increment(ref asked) == 1) return Results.StatusCode(503);
            Assert.Equal("Bearer key of the catalog", request.Headers.Authorization.ToString());
            told.Enqueue((await JsonNode.ParseAsync(request.Body))!);
            return Results.StatusCode(201);
        });
        await app.StartAsync();
        return app;
    }

    private Task<HttpResponseMessage> PostAsync(string told) => Http.PostAsync("/api/v1/lineage", new StringContent(told, Encoding.UTF8, "application/json"));
}
