using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine.Activities;
using Flows.Hub.Runs;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Endpoints;

/// <summary>Published flows as HTTP endpoints under /workflows.</summary>
public sealed class HttpEndpointTests(SharedHub server) : IClassFixture<SharedHub>
{
    private readonly TestHub _hub = server.Hub;

    [Fact]
    public async Task A_path_gives_its_values_and_the_query_and_headers_are_there()
    {
        await ServeAsync("orders", "orders/{id}/lines/{line}", Answer(Js("getOutputFrom('in','routeData').id + ' ' + getOutputFrom('in','routeData').line + ' ' + getOutputFrom('in','queryStringData').q + ' ' + getOutputFrom('in','headers')['X-Trace'] + ' ' + getOutputFrom('in').method")));

        var request = new HttpRequestMessage(HttpMethod.Get, "/workflows/orders/7/lines/2?q=blue") { Headers = { { "X-Trace", "t1" } } };
        var answer = await _hub.Http.SendAsync(request);

        Assert.Equal("7 2 blue t1 GET", await answer.Content.ReadAsStringAsync());
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
        var run = await _hub.RecordAsync(answer.Headers.GetValues("Flows-Run").Single());
        Assert.Equal(("http", RunSubStatus.Finished), (run.Trigger, run.SubStatus));
    }

    [Fact]
    public async Task The_more_exact_path_is_served_and_methods_are_kept_apart()
    {
        await ServeAsync("exact", "things/special", Answer(Text("exact")));
        await ServeAsync("open", "things/{name}", Answer(Text("open")));
        await ServeAsync("post", "things/special", Answer(Text("posted")), "POST", "PUT");

        Assert.Equal("exact", await _hub.Http.GetStringAsync("/workflows/things/special"));
        Assert.Equal("open", await _hub.Http.GetStringAsync("/workflows/things/other"));
        Assert.Equal("posted", await (await _hub.Http.PutAsync("/workflows/things/special", null)).Content.ReadAsStringAsync());
        var wrong = await _hub.Http.DeleteAsync("/workflows/things/special");
        Assert.Equal(HttpStatusCode.NotFound, wrong.StatusCode);
        Assert.Contains("not for DELETE", await wrong.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("application/json", """{"a": {"b": [1, 2]}}""", "2")]
    [InlineData("application/x-www-form-urlencoded", "a=1&b=two", "two")]
    [InlineData("text/plain", "b", "b")]
    public async Task The_body_is_read_by_its_media_type(string type, string body, string expected)
    {
        var script = type switch { "application/json" => "String(getOutputFrom('in','parsedContent').a.b[1])", "text/plain" => "getOutputFrom('in','parsedContent')", _ => "getOutputFrom('in','parsedContent').b" };
        var id = "body" + type.Length;
        await ServeAsync(id, id, Answer(Js(script)), "POST");

        var answer = await _hub.Http.PostAsync($"/workflows/{id}", new StringContent(body, Encoding.UTF8, type));

        Assert.Equal(expected, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_body_that_cannot_be_read_is_a_bad_request_and_starts_nothing()
    {
        await ServeAsync("badbody", "badbody", Answer(Text("never")), "POST");

        var answer = await _hub.Http.PostAsync("/workflows/badbody", new StringContent("{", Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty((await _hub.Http.GetFromJsonAsync<List<RunSummary>>("/api/runs?definitionId=badbody", ContractJson.Options))!);
    }

    [Fact]
    public async Task An_answer_has_status_headers_and_JSON()
    {
        var reply = Some.Activity("out", "Elsa.WriteHttpResponse", ("statusCode", Literal("System.Net.HttpStatusCode, System.Net.Primitives", "Created")),
            ("content", Js("({made: 3})")), ("responseHeaders", Literal("Elsa.Http.Models.HttpHeaders, Elsa.Http", """{"X-Made":"yes","Location":"/things/3","X-Torn":"a\r\nSet-Cookie: x=y"}""")));
        await ServeAsync("made", "made", reply, "POST");

        var answer = await _hub.Http.PostAsync("/workflows/made", null);

        Assert.Equal((HttpStatusCode.Created, "/things/3", "yes"), (answer.StatusCode, answer.Headers.Location!.ToString(), answer.Headers.GetValues("X-Made").Single()));
        Assert.False(answer.Headers.Contains("X-Torn") || answer.Headers.Contains("Set-Cookie"));
        Assert.Equal("""{"made":3}""", await answer.Content.ReadAsStringAsync());
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Text_that_looks_like_JSON_is_answered_as_it_stands()
    {
        await ServeAsync("verbatim", "verbatim", Answer(Literal("Object", """{ "kept":  1 }""")));

        Assert.Equal("""{ "kept":  1 }""", await _hub.Http.GetStringAsync("/workflows/verbatim"));
    }

    [Fact]
    public async Task A_flow_that_faults_answers_500_with_why()
    {
        await ServeAsync("faulty", "faulty", Some.Activity("f", "Elsa.Fault", ("message", Text("no stock"))));

        var answer = await _hub.Http.GetAsync("/workflows/faulty");

        Assert.Equal((HttpStatusCode.InternalServerError, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.Contains("no stock", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_run_goes_on_after_its_answer()
    {
        await _hub.ImportAsync(Some.Chain("goes-on", Endpoint("goes-on"), Answer(Text("accepted")), Some.Delay("d", 0.2), Some.Line("late", "late")));

        var answer = await _hub.Http.GetAsync("/workflows/goes-on");

        Assert.Equal("accepted", await answer.Content.ReadAsStringAsync());
        Assert.Equal(["late"], (await _hub.UntilAsync(answer.Headers.GetValues("Flows-Run").Single(), run => run.Status == RunStatus.Finished)).Lines);
    }

    [Fact]
    public async Task A_flow_without_an_answer_gives_200_and_one_that_waits_202()
    {
        await ServeAsync("silent", "silent", Some.Line("l", "x"));
        await _hub.ImportAsync(Some.Chain("waits", Endpoint("waits"), Some.Activity("e", "Elsa.Event", ("eventName", Text("never"))), Answer(Text("too late"))));

        var (silent, waits) = (await _hub.Http.GetAsync("/workflows/silent"), await _hub.Http.GetAsync("/workflows/waits"));

        Assert.Equal((HttpStatusCode.OK, ""), (silent.StatusCode, await silent.Content.ReadAsStringAsync()));
        Assert.Equal(HttpStatusCode.Accepted, waits.StatusCode);
        Assert.StartsWith("/api/runs/", waits.Headers.Location!.ToString());
    }

    [Fact]
    public async Task An_answer_that_takes_too_long_is_504_and_the_run_goes_on()
    {
        var script = Some.Activity("p", "Flows.PythonScript", ("script", Text("import time\ntime.sleep(2)")));
        await _hub.ImportAsync(Some.Chain("slow", Endpoint("slow", ("requestTimeout", Literal("TimeSpan", "00:00:00.3"))), script, Some.Line("late", "late")));

        var answer = await _hub.Http.GetAsync("/workflows/slow");

        Assert.True(HttpStatusCode.GatewayTimeout == answer.StatusCode, await answer.Content.ReadAsStringAsync());
        Assert.Equal(["late"], (await _hub.UntilAsync(answer.Headers.GetValues("Flows-Run").Single(), run => run.Status == RunStatus.Finished)).Lines);
    }

    [Fact]
    public async Task A_request_that_is_too_large_is_refused_or_takes_the_flows_own_way()
    {
        static (string, JsonNode) Limit() => ("requestSizeLimit", Literal("Int64", 10));
        await _hub.ImportAsync(Some.Chain("small", Endpoint("small", Limit(), ("supportedMethods", Literal("String[]", "[\"POST\"]"))), Answer(Text("never"))));
        await _hub.ImportAsync(Some.Chain("handled", Endpoint("handled", Limit(), ("supportedMethods", Literal("String[]", "[\"POST\"]")), ("exposeRequestTooLargeOutcome", true)), Answer(Text("shorter, please"))).Replace("\"port\":\"Done\"", "\"port\":\"Request too large\""));

        var refused = await _hub.Http.PostAsync("/workflows/small", new StringContent(new string('x', 11)));
        var handled = await _hub.Http.PostAsync("/workflows/handled", new StringContent(new string('x', 11)));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        Assert.Equal("shorter, please", await handled.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_file_becomes_an_artifact_and_an_artifact_is_answered_as_its_bytes()
    {
        await ServeAsync("echo", "echo", Answer(Js("getOutputFrom('in','files')[0]")), "POST");
        using var form = new MultipartFormDataContent { { new ByteArrayContent([1, 2, 3]), "upload", "three.bin" }, { new StringContent("v"), "field" } };

        var answer = await _hub.Http.PostAsync("/workflows/echo", form);

        Assert.Equal([1, 2, 3], await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal("three.bin", answer.Content.Headers.ContentDisposition!.FileName);
    }

    [Fact]
    public async Task Only_the_published_version_is_served_until_it_is_unpublished()
    {
        await ServeAsync("versions", "versions", Answer(Text("one")));
        var draft = JsonNode.Parse(Some.Chain("versions", Endpoint("versions-new"), Answer(Text("two"))))!;
        await _hub.Http.PutAsJsonAsync("/api/flows/versions", draft);

        Assert.Equal("one", await _hub.Http.GetStringAsync("/workflows/versions"));
        Assert.Equal(HttpStatusCode.NotFound, (await _hub.Http.GetAsync("/workflows/versions-new")).StatusCode);
        await _hub.Http.PostAsync("/api/flows/versions/publish", null);
        Assert.Equal("two", await _hub.Http.GetStringAsync("/workflows/versions-new"));
        Assert.Equal(HttpStatusCode.NotFound, (await _hub.Http.GetAsync("/workflows/versions")).StatusCode);
        await _hub.Http.PostAsync("/api/flows/versions/unpublish", null);
        Assert.Equal(HttpStatusCode.NotFound, (await _hub.Http.GetAsync("/workflows/versions-new")).StatusCode);
    }

    [Fact]
    public async Task A_path_of_another_flow_cannot_be_published()
    {
        await ServeAsync("first", "taken/{id}", Answer(Text("first")));
        await _hub.Http.PutAsJsonAsync("/api/flows/second", JsonNode.Parse(Some.Chain("second", Endpoint("/taken/{id}/"), Answer(Text("second")))));

        var refused = await _hub.Http.PostAsync("/api/flows/second/publish", null);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var problem = Assert.Single((await refused.Content.ReadFromJsonAsync<JsonObject>())!.Objects("problems"), one => one.Text("code") == "path-taken");
        Assert.Equal(("in", "path", "The /taken/{id} path and get method are already in use by another workflow!"), (problem.Text("activityId"), problem.Text("field"), problem.Text("message")));
    }

    [Fact]
    public async Task An_endpoint_in_the_middle_waits_for_its_request_and_answers_it()
    {
        var flow = Some.Chain("middle", Endpoint("middle"), Answer(Text("first")), Wait("middle/{id}/confirm"), Some.Activity("last", "Elsa.WriteHttpResponse", ("content", Js("'confirmed ' + getOutputFrom('wait','routeData').id"))), Some.Line("end", "end"));
        await _hub.ImportAsync(flow);
        var first = await _hub.Http.GetAsync("/workflows/middle");
        var run = first.Headers.GetValues("Flows-Run").Single();
        // Every orchestrator finds it by its row, which is there a moment after the record says that the run waits.
        await Eventually.TrueAsync(async () => (await _hub.Services.GetRequiredService<WaitingSteps>().OfTypeAsync(Stimulus.HttpEndpoint, default)).Any(row => row.RunId == run));

        var second = await _hub.Http.GetAsync("/workflows/middle/4/confirm");

        Assert.Equal("first", await first.Content.ReadAsStringAsync());
        Assert.Equal("confirmed 4", await second.Content.ReadAsStringAsync());
        Assert.Equal(RunSubStatus.Finished, (await _hub.UntilAsync(run, record => record.Status == RunStatus.Finished)).SubStatus);
        Assert.Equal(HttpStatusCode.NotFound, (await _hub.Http.GetAsync("/workflows/middle/4/confirm")).StatusCode);
    }

    [Fact]
    public async Task Of_several_runs_that_wait_the_correlation_id_says_which_is_meant()
    {
        await _hub.ImportAsync(Some.Chain("twice", Endpoint("twice"), Wait("twice/go"), Some.Activity("last", "Elsa.WriteHttpResponse", ("content", Js("getCorrelationId()")))));
        foreach (var id in new[] { "a", "b" }) await _hub.Http.GetAsync($"/workflows/twice?correlationId={id}");

        var ambiguous = await _hub.Http.GetAsync("/workflows/twice/go");
        var meant = await _hub.Http.GetAsync("/workflows/twice/go?correlationId=b");

        Assert.Equal(HttpStatusCode.Conflict, ambiguous.StatusCode);
        Assert.Contains("The call is ambiguous and matches multiple workflows.", await ambiguous.Content.ReadAsStringAsync());
        Assert.True("b" == await meant.Content.ReadAsStringAsync(), $"{meant.StatusCode} {meant}");
    }

    [Fact]
    public async Task The_request_sets_the_correlation_id()
    {
        await ServeAsync("correlated", "correlated", Answer(Js("getCorrelationId()")));

        Assert.Equal("c-1", await _hub.Http.GetStringAsync("/workflows/correlated?correlationId=c-1"));
    }

    private Task ServeAsync(string id, string path, JsonObject then, params string[] methods) => _hub.ImportAsync(Some.Chain(id,
        methods.Length == 0 ? Endpoint(path) : Endpoint(path, ("supportedMethods", Literal("String[]", new JsonArray([.. methods.Select(method => JsonValue.Create(method))]).ToJsonString()))), then));

    private static JsonObject Endpoint(string path, params (string, JsonNode)[] more)
    {
        var endpoint = Some.Activity("in", "Elsa.HttpEndpoint", [("path", Text(path)), .. more]);
        endpoint["customProperties"] = new JsonObject { ["canStartWorkflow"] = true };
        return endpoint;
    }

    private static JsonObject Wait(string path) => Some.Activity("wait", "Elsa.HttpEndpoint", ("path", Text(path)));

    private static JsonObject Answer(JsonNode content) => Some.Activity("out", "Elsa.WriteHttpResponse", ("content", content));

    private static JsonObject Text(string text) => Some.Text(text);

    private static JsonObject Js(string script) => FlowInput.Wrap("Object", ExpressionTypes.JavaScript, script);

    private static JsonObject Literal(string type, JsonNode value) => FlowInput.Literal(type, value);
}
