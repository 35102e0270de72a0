using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Tracking;
using Flows.Tests.Support;

namespace Flows.Tests.Tracking;

/// <summary>What comes in from outside, whoever sends it.</summary>
public sealed class TrackingRouteTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private readonly TestHub _hub = shared.Hub;

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("loss/../../x")]
    [InlineData("loss/./x")]
    [InlineData("/loss")]
    [InlineData("loss/")]
    [InlineData("a//b")]
    [InlineData("a\\b")]
    [InlineData("line\nbreak")]
    [InlineData("nul\0")]
    [InlineData("")]
    public async Task A_name_that_climbs_or_hides_is_refused_and_named(string name)
    {
        var run = await RunAsync();

        var (status, answer) = await SendAsync(run, new JsonObject { ["metric"] = "fine/with slash", ["value"] = 1 }, new JsonObject { ["metric"] = name, ["value"] = 1 });

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        var problem = Assert.Single(answer["problems"]!.AsArray())!;
        Assert.Equal(("bad-name", "entries[1]"), ((string?)problem["code"], (string?)problem["field"]));
        Assert.Contains("cannot name a metric", (string?)problem["message"]);
        Assert.DoesNotContain("\n", (string?)problem["message"]);
        Assert.Empty(await MetricsAsync(run, ""));
    }

    [Fact]
    public async Task NaN_and_infinities_travel_as_words_and_slashes_are_part_of_a_name()
    {
        var run = await RunAsync();

        var (status, _) = await SendAsync(run, [.. ((string[])["NaN", "Infinity", "-Infinity"]).Select((word, i) => new JsonObject { ["metric"] = "val/loss", ["value"] = word, ["step"] = i })]);

        Assert.Equal(HttpStatusCode.OK, status);
        var text = await _hub.Http.GetStringAsync($"/api/runs/{run}/metrics?key=val%2Floss");
        Assert.Equal(["NaN", "Infinity", "-Infinity"], JsonNode.Parse(text)![0]!["points"]!.AsArray().Select(point => (string?)point!["value"]));
    }

    [Fact]
    public async Task All_mistakes_of_a_batch_are_said_at_once()
    {
        var (_, answer) = await SendAsync(await RunAsync(), new JsonObject { ["metric"] = "m" }, new JsonObject { ["param"] = "p", ["text"] = new string('x', 6001) }, new JsonObject(),
            new JsonObject { ["file"] = "f", ["artifact"] = new JsonObject { ["sha256"] = "short", ["kind"] = "Image", ["name"] = "x", ["size"] = 1 } });

        Assert.Equal(["no-value", "bad-text", "empty-entry", "bad-artifact"], answer["problems"]!.AsArray().Select(problem => (string?)problem!["code"]));
    }

    [Fact]
    public async Task A_file_that_is_not_stored_is_refused()
    {
        var artifact = new JsonObject { ["sha256"] = new string('f', 64), ["kind"] = "Image", ["name"] = "x.png", ["size"] = 1 };

        var (status, answer) = await SendAsync(await RunAsync(), new JsonObject { ["file"] = "f", ["artifact"] = artifact });

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "no-artifact"), (status, (string?)answer["problems"]![0]!["code"]));
    }

    [Theory]
    [InlineData("""{"from":0,"entries":[]}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"writer":"w","from":-1,"entries":[]}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"writer":"w","from":0,"entries":[{"metric":"m","value":1}],"stepId":"20200101000000000-0000000000.1"}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"writer":"w","from":5,"entries":[]}""", HttpStatusCode.Conflict)]
    [InlineData("""{"writer":"w","from":0,"entries":[{"metric":"m","value":"much"}]}""", HttpStatusCode.BadRequest)]
    [InlineData("{\"writer\":\"w\",\"from\":0,\"entr", HttpStatusCode.BadRequest)]
    [InlineData("null", HttpStatusCode.BadRequest)]
    public async Task A_broken_batch_is_a_mistake_of_who_sends_it(string body, HttpStatusCode status)
    {
        using var answer = await _hub.Http.PostAsync($"/api/runs/{await RunAsync()}/tracking", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(status, answer.StatusCode);
        Assert.NotEqual("", (string?)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["detail"]);
    }

    [Fact]
    public async Task A_run_that_is_not_there_takes_nothing()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("20200101000000000-0000000000", new JsonObject { ["tag"] = "t", ["text"] = "x" })).Status);
    }

    [Fact]
    public async Task Points_are_given_whole_and_some_at_a_time_for_who_keeps_them_elsewhere()
    {
        var run = await RunAsync();
        await SendAsync(run, [.. Enumerable.Range(0, 25).Select(i => new JsonObject { ["metric"] = "m", ["value"] = i / 4d, ["step"] = i, ["at"] = 1000 + i })]);

        var points = (await _hub.Http.GetFromJsonAsync<IReadOnlyList<TrackedEntry>>($"/api/runs/{run}/metrics/points?key=m&from=20&limit=3", ContractJson.Options))!;

        Assert.Equal([(20, 1020, 5d), (21, 1021, 5.25), (22, 1022, 5.5)], points.Select(point => (point.Step, point.At, point.Value!.Value)));
        Assert.Equal(25, Assert.Single(await MetricsAsync(run, "?key=m&points=10")).Count);
        Assert.InRange(Assert.Single(await MetricsAsync(run, "?points=10")).Points.Count, 3, 10);
    }

    private async Task<IReadOnlyList<MetricSeries>> MetricsAsync(string run, string query) =>
        (await _hub.Http.GetFromJsonAsync<IReadOnlyList<MetricSeries>>($"/api/runs/{run}/metrics{query}", ContractJson.Options))!;

    private async Task<(HttpStatusCode Status, JsonObject Answer)> SendAsync(string run, params JsonObject[] entries)
    {
        using var answer = await _hub.Http.PostAsJsonAsync($"/api/runs/{run}/tracking", new JsonObject { ["writer"] = "test", ["from"] = 0, ["entries"] = new JsonArray([.. entries]) });
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonObject>())!);
    }

    private async Task<string> RunAsync()
    {
        var id = "f" + Guid.NewGuid().ToString("N")[..8];
        await _hub.ImportAsync(Some.Chain(id, Some.Line("a", "hello")));
        return (await _hub.RunAsync(id)).Id;
    }
}
