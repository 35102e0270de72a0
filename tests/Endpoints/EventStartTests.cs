using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Endpoints;

/// <summary>Flows that begin with an event.</summary>
public sealed class EventStartTests
{
    [Fact]
    public async Task An_event_starts_published_flows_that_begin_with_it_and_resumes_those_that_wait()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Some.Chain("begins", Event("on", "order"), Line("line", "getOutputFrom('on').n + ' ' + getCorrelationId()")));
        await hub.ImportAsync(Some.Chain("waits", Some.Activity("wait", "Elsa.Event", ("eventName", Some.Text("order"))), Some.Line("woken", "woken")));
        var waiting = await hub.StartRunAsync("waits");
        await hub.UntilAsync(waiting, run => run.Bookmarks.Count == 1);

        var delivery = await PublishAsync(hub, "order", new JsonObject { ["payload"] = new JsonObject { ["n"] = 7 } });
        await PublishAsync(hub, "other", []);
        var correlated = await PublishAsync(hub, "order", new JsonObject { ["payload"] = new JsonObject { ["n"] = 8 }, ["correlationId"] = "c" });

        Assert.Equal(1, delivery["delivered"]!.GetValue<int>());
        Assert.Equal(["7 null"], (await EndAsync(hub, delivery)).Lines);
        Assert.Equal(["8 c"], (await EndAsync(hub, correlated)).Lines);
        Assert.Equal(["woken"], (await hub.UntilAsync(waiting, run => run.Status == RunStatus.Finished)).Lines);
        Assert.Equal(3, (await hub.Http.GetFromJsonAsync<JsonArray>("/api/runs"))!.Count);
    }

    [Fact]
    public async Task A_flow_that_publishes_an_event_starts_another_once()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Some.Chain("begins", Event("on", "made"), Line("line", "getOutputFrom('on')")));
        await hub.ImportAsync(Some.Chain("makes", Some.Activity("tell", "Elsa.PublishEvent", ("eventName", Some.Text("made")), ("payload", Some.Text("it")))));

        await hub.RunAsync("makes");

        var started = Assert.Single((await hub.Http.GetFromJsonAsync<List<RunSummary>>("/api/runs?definitionId=begins", ContractJson.Options))!);
        Assert.Equal("event", started.Trigger);
        Assert.Equal(["it"], (await hub.UntilAsync(started.Id, run => run.Status == RunStatus.Finished)).Lines);
    }

    private static async Task<RunRecord> EndAsync(TestHub hub, JsonObject delivery) =>
        await hub.UntilAsync(Assert.Single(delivery["started"]!.AsArray())!.GetValue<string>(), run => run.Status == RunStatus.Finished);

    private static async Task<JsonObject> PublishAsync(TestHub hub, string name, JsonObject body) =>
        (await (await hub.Http.PostAsJsonAsync($"/api/events/{name}", body)).Content.ReadFromJsonAsync<JsonObject>())!;

    private static JsonObject Event(string id, string name)
    {
        var activity = Some.Activity(id, "Elsa.Event", ("eventName", Some.Text(name)));
        activity["customProperties"] = new JsonObject { ["canStartWorkflow"] = true };
        return activity;
    }

    private static JsonObject Line(string id, string script) => Some.Activity(id, "Elsa.WriteLine", ("text", FlowInput.Wrap("String", ExpressionTypes.JavaScript, script)));
}
