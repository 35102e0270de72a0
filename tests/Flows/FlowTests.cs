using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Flows;
using Flows.Tests.Support;

// Not Flows.Tests.Flows: there, other tests could no longer say Flows.Contract.
namespace Flows.Tests.StoredFlows;

public sealed class FlowTests(SharedHub shared) : IClassFixture<SharedHub>
{
    [Fact]
    public async Task A_save_over_somebody_elses_is_refused_and_nothing_is_lost()
    {
        var hub = shared.Hub;
        var first = (await hub.ImportAsync(Some.Chain("shared", Some.Line("a", "first"))))[0];
        await PutAsync(hub, "shared", Some.Chain("shared", Some.Line("a", "theirs")), first.ETag);

        var refused = await PutAsync(hub, "shared", Some.Chain("shared", Some.Line("a", "mine")), first.ETag);

        Assert.Equal(HttpStatusCode.PreconditionFailed, refused.StatusCode);
        var current = await hub.Http.GetAsync("/api/flows/shared");
        Assert.Contains(current.Headers.ETag!.Tag, (await refused.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!.GetValue<string>());
        Assert.Contains("theirs", await current.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_save_of_a_flow_that_was_deleted_in_between_is_refused()
    {
        var hub = shared.Hub;
        var saved = (await hub.ImportAsync(Some.Chain("gone", Some.Line("a", "x"))))[0];
        await hub.Http.DeleteAsync("/api/flows/gone");

        var refused = await PutAsync(hub, "gone", Some.Chain("gone", Some.Line("a", "y")), saved.ETag);

        Assert.Equal(HttpStatusCode.PreconditionFailed, refused.StatusCode);
    }

    [Fact]
    public async Task The_same_flow_imported_again_is_its_next_version_and_the_first_stays_as_it_was()
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("twice", Some.Line("a", "first")));

        var second = (await hub.ImportAsync(Some.Chain("twice", Some.Line("a", "second"))))[0];

        Assert.Equal(2, second.Version);
        var (one, two) = (await ExportAsync(hub, "twice?version=1"), await ExportAsync(hub, "twice?version=2"));
        Assert.Contains("first", one.ToJsonString());
        Assert.Contains("second", two.ToJsonString());
        Assert.Equal((1, false, true), ((int)one["version"]!, (bool)one["isLatest"]!, (bool)one["isPublished"]!));
        Assert.Equal((2, true, true), ((int)two["version"]!, (bool)two["isLatest"]!, (bool)two["isPublished"]!));
        Assert.NotEqual((string?)one["id"], (string?)two["id"]);
        var history = await hub.Http.GetFromJsonAsync<List<FlowVersionSummary>>("/api/flows/twice/versions", ContractJson.Options);
        Assert.Equal([2, 1], history!.Select(version => version.Version));
    }

    [Fact]
    public async Task A_draft_does_not_run_until_it_is_published()
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("edited", Some.Line("a", "published")));
        await PutAsync(hub, "edited", Some.Chain("edited", Some.Line("a", "draft")), null);

        var before = await hub.RunAsync("edited");
        await hub.Http.PostAsync("/api/flows/edited/publish", null);
        var after = await hub.RunAsync("edited");

        Assert.Equal(["published"], before.Lines);
        Assert.Equal(["draft"], after.Lines);
    }

    [Fact]
    public async Task A_flow_with_errors_is_kept_as_a_draft_and_not_published()
    {
        var hub = shared.Hub;
        var saved = (await hub.ImportAsync(Some.Chain("odd", Some.Activity("one", "No.Such"))))[0];

        var answer = await hub.Http.PostAsync("/api/flows/odd/publish", null);

        Assert.Equal("one", saved.Problems.First().ActivityId);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal("one", (string?)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["problems"]![0]!["activityId"]);
    }

    [Fact]
    public async Task A_flow_that_is_usable_as_an_activity_is_offered_as_one()
    {
        var hub = shared.Hub;
        var flow = JsonNode.Parse(Some.Chain("greet-them", Some.Line("a", "x")))!;
        flow["name"] = "Greet them";
        flow["options"] = new JsonObject { ["usableAsActivity"] = true };
        await hub.ImportAsync(flow.ToJsonString());

        var activities = await hub.Http.GetFromJsonAsync<JsonArray>("/api/activities");

        Assert.Contains(activities!, activity => (string?)activity!["type"] == "GreetThem");
    }

    [Theory]
    [InlineData("""{"root": {"type": """, "cut off")]
    [InlineData("""{"hello": 1}""", "not a workflow definition")]
    [InlineData("[]", "not a workflow definition")]
    [InlineData("\"text\"", "not a workflow definition")]
    [InlineData("""{"root": {"type": "Elsa.Flowchart"}, "root": 1}""", "")]
    [InlineData("PK\u0003\u0004 not a zip", "bundle cannot be read")]
    public async Task What_is_no_flow_is_refused_with_a_sentence(string body, string expected) => await RefusedAsync(Encoding.UTF8.GetBytes(body), 400, expected);

    [Fact]
    public async Task Deep_nesting_is_refused() =>
        await RefusedAsync(Encoding.UTF8.GetBytes("{\"root\":" + string.Concat(Enumerable.Repeat("{\"a\":", 100_000))), 400, "");

    [Fact]
    public async Task A_hundred_megabytes_are_refused() => await RefusedAsync(new byte[100 << 20], 413, "larger than 64 MB");

    private async Task RefusedAsync(byte[] body, int status, string expected)
    {
        var hub = shared.Hub;

        var before = await hub.Http.GetStringAsync("/api/flows");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/flows/import") { Content = new ByteArrayContent(body) };
        request.Headers.ExpectContinue = true;
        var answer = await hub.Http.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains(expected, (string?)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["detail"]);
        Assert.True((await hub.Http.GetAsync("/health")).IsSuccessStatusCode);
        Assert.Equal(before, await hub.Http.GetStringAsync("/api/flows"));
    }

    private static async Task<HttpResponseMessage> PutAsync(TestHub hub, string id, string json, string? ifMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/flows/{id}") { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await hub.Http.SendAsync(request);
    }

    private static async Task<JsonObject> ExportAsync(TestHub hub, string what) =>
        (await hub.Http.GetFromJsonAsync<JsonObject>($"/api/flows/{what.Replace("?", "/export?")}"))!;
}
