using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
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

        await using (var again = await TestHub.StartAsync(data, options)) await Eventually.TrueAsync(() => told.Count >= 2, "both events at the endpoint");

        Assert.Equal(["START", "COMPLETE"], told.Select(one => (string)one["eventType"]!));
        Assert.All(told, one => Assert.Equal("told", (string)one["job"]!["name"]!));
        Assert.Single(told.Select(one => (string)one["run"]!["runId"]!).Distinct());
        Assert.NotEmpty(run);
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
