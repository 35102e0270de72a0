using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Hub.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Runs;

/// <summary>What steps ask of the outside: tasks, events that only their own run hears, and HTTP answers with activities beside their codes.</summary>
public sealed class TaskTests(SharedHub server) : IClassFixture<SharedHub>
{
    private readonly TestHub _hub = server.Hub;

    [Fact]
    public async Task A_task_is_listed_with_its_payload_until_somebody_reports_it_done()
    {
        await _hub.ImportAsync(Some.Chain("weighs", Some.Activity("correlate", "Elsa.Correlate", ("correlationId", Some.Text("parcel-3"))),
            Some.Activity("task", "Elsa.RunTask", ("taskName", Some.Text("weigh")), ("payload", Js("({parcel: 3})"))), Line("getOutputFrom('task').kilos + ' kg'")));
        var run = await _hub.StartRunAsync("weighs");

        // A run shows what it waits for a moment before others can find it.
        List<OpenTask> open = [];
        await Eventually.TrueAsync(async () => (open = (await _hub.Http.GetFromJsonAsync<List<OpenTask>>("/api/tasks?name=weigh", ContractJson.Options))!).Count > 0);
        var task = Assert.Single(open);
        var done = await CompleteAsync(task.Id);
        var record = await _hub.UntilAsync(run, record => record.Status == RunStatus.Finished);

        Assert.Equal(("weigh", run, "task", "parcel-3", 3), (task.Name, task.RunId, task.ActivityId, task.CorrelationId, task.Payload!["parcel"]!.GetValue<int>()));
        Assert.Equal(HttpStatusCode.Accepted, done.StatusCode);
        Assert.Equal(["12 kg"], record.Lines);
        Assert.Equal(HttpStatusCode.NotFound, (await CompleteAsync(task.Id)).StatusCode);
        Assert.Empty((await _hub.Http.GetFromJsonAsync<JsonArray>("/api/tasks"))!);
    }

    [Fact]
    public async Task A_bookmark_of_another_kind_is_no_task()
    {
        await _hub.ImportAsync(Some.Chain("waits", Some.Activity("event", "Elsa.Event", ("eventName", Some.Text("weigh")))));
        var run = await _hub.StartRunAsync("waits");
        var waiting = await _hub.UntilAsync(run, record => record.Bookmarks.Count == 1);

        Assert.Equal(HttpStatusCode.NotFound, (await CompleteAsync(waiting.Bookmarks[0].Id)).StatusCode);
        Assert.Empty((await _hub.Http.GetFromJsonAsync<JsonArray>("/api/tasks?name=weigh"))!);
    }

    [Fact]
    public async Task A_local_event_is_heard_by_its_own_run_only_and_starts_nothing()
    {
        var starts = Some.Activity("on", "Elsa.Event", ("eventName", Some.Text("ping")));
        starts["customProperties"] = new JsonObject { ["canStartWorkflow"] = true };
        await _hub.ImportAsync(Some.Chain("begins", starts));
        await _hub.ImportAsync(Some.Chain("other", Some.Activity("hears", "Elsa.Event", ("eventName", Some.Text("ping")))));
        await _hub.ImportAsync(Both("both"));
        var other = await _hub.StartRunAsync("other");
        await _hub.UntilAsync(other, run => run.SubStatus == RunSubStatus.Suspended);

        var run = await _hub.RunAsync("both");

        Assert.Equal((RunSubStatus.Finished, "heard 7"), (run.SubStatus, run.Lines.Single()));
        Assert.Equal(RunSubStatus.Suspended, (await _hub.RecordAsync(other)).SubStatus);
        Assert.Empty((await _hub.Http.GetFromJsonAsync<JsonArray>("/api/runs?definitionId=begins"))!);
    }

    [Theory]
    [InlineData("/health", "200,after")]
    [InlineData("/api/flows/none", "404,after")]
    [InlineData("/api/tasks?name=none", "200,after")]
    [InlineData("/api/runs/none/none", "404,after")]
    [InlineData("PUT /health", "unmatched,after")]
    [InlineData("nobody", "failed,after")]
    public async Task An_answer_runs_the_activity_that_stands_beside_its_code(string request, string expected)
    {
        var (method, path) = request.Split(' ') is [var verb, var rest] ? (verb, rest) : ("GET", request);
        var send = Some.Activity("send", "Elsa.SendHttpRequest", ("url", Some.Text(path == "nobody" ? "http://127.0.0.1:1" : _hub.Url + path)), ("method", Some.Text(method)),
            ("expectedStatusCodes", new JsonArray(Case(200), Case(404))), ("unmatchedStatusCode", Some.Line("un", "unmatched")), ("failedToConnect", Some.Line("fail", "failed")));
        await _hub.ImportAsync(Some.Chain("sends", send, Some.Line("after", "after")));

        var run = await _hub.RunAsync("sends");

        Assert.Equal(expected, string.Join(',', run.Lines));
        Assert.Equal(RunSubStatus.Finished, run.SubStatus);
        Assert.Equal(["Done"], run.Steps.Single(step => step.ActivityId == "send").Outcomes);
    }

    [Theory]
    [InlineData("/health", "200")]
    [InlineData("/api/flows/none", "unmatched")]
    [InlineData("nobody", "failed")]
    public async Task A_flow_request_leaves_at_the_port_of_its_code(string path, string expected)
    {
        var flow = JsonNode.Parse(Some.Chain("ports", Some.Activity("send", "Elsa.FlowSendHttpRequest", ("url", Some.Text(path == "nobody" ? "http://127.0.0.1:1" : _hub.Url + path)),
            ("expectedStatusCodes", new JsonObject { ["typeName"] = "Int32[]", ["expression"] = new JsonObject { ["type"] = "Object", ["value"] = "[200]" } }))))!;
        var chart = flow["root"]!.AsObject();
        foreach (var (port, line) in new[] { ("200", "200"), ("Unmatched status code", "unmatched"), ("Failed to connect", "failed") })
        {
            chart["activities"]!.AsArray().Add(Some.Line(line, line));
            chart["connections"]!.AsArray().Add(new FlowConnection("send", port, line, "In").ToJson());
        }
        var saved = await _hub.ImportAsync(flow.ToJsonString(ContractJson.Options));

        var run = await _hub.RunAsync("ports");

        Assert.Empty(saved[0].Problems);
        Assert.Equal([expected], run.Lines);
    }

    private Task<HttpResponseMessage> CompleteAsync(string task) => _hub.Http.PostAsJsonAsync($"/api/tasks/{task}/complete", new TaskResult(new JsonObject { ["kilos"] = 12 }), ContractJson.Options);

    private static JsonObject Case(int code) => new() { ["statusCode"] = code, ["activity"] = Some.Line($"on{code}", $"{code}") };

    // One branch waits for what the other announces.
    private static string Both(string id)
    {
        var flow = JsonNode.Parse(Some.Chain(id, Some.Activity("start", "Elsa.Start"), Some.Activity("hears", "Elsa.Event", ("eventName", Some.Text("ping"))), Line("'heard ' + getOutputFrom('hears')")))!;
        var chart = flow["root"]!.AsObject();
        chart["activities"]!.AsArray().Add(Some.Activity("tell", "Elsa.PublishEvent", ("eventName", Some.Text("ping")), ("payload", Js("7")), ("isLocalEvent", FlowInput.Literal("Boolean", true))));
        chart["connections"]!.AsArray().Add(new FlowConnection("start", "Done", "tell", "In").ToJson());
        return flow.ToJsonString(ContractJson.Options);
    }

    private static JsonObject Line(string script) => Some.Activity("line", "Elsa.WriteLine", ("text", FlowInput.Wrap("String", ExpressionTypes.JavaScript, script)));

    private static JsonObject Js(string script) => FlowInput.Wrap("Object", ExpressionTypes.JavaScript, script);
}
