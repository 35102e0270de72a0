using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Flows.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Runs;

/// <summary>Events across runs.</summary>
public sealed class EventTests
{
    [Fact]
    public async Task An_event_from_outside_resumes_every_run_that_waits_for_it_with_its_payload()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Waiter("waits"));
        var (one, two) = (await WaitingAsync(hub, "waits"), await WaitingAsync(hub, "waits"));

        Assert.Equal(0, await PublishAsync(hub, "other", "x"));
        Assert.Equal(2, await PublishAsync(hub, "ready", "x"));

        Assert.Equal(["got x"], (await hub.UntilAsync(one, run => run.Status == RunStatus.Finished)).Lines);
        Assert.Equal(["got x"], (await hub.UntilAsync(two, run => run.Status == RunStatus.Finished)).Lines);
    }

    [Fact]
    public async Task A_correlation_id_chooses_the_run()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Waiter("waits", Some.Activity("correlate", "Elsa.Correlate", ("correlationId", Some.Text("order-7")))));
        await hub.ImportAsync(Waiter("others"));
        var (meant, other) = (await WaitingAsync(hub, "waits"), await WaitingAsync(hub, "others"));

        Assert.Equal(1, await PublishAsync(hub, "ready", "x", "order-7"));

        await hub.UntilAsync(meant, run => run.Status == RunStatus.Finished);
        Assert.Equal(RunSubStatus.Suspended, (await hub.RecordAsync(other)).SubStatus);
    }

    [Fact]
    public async Task What_one_run_publishes_resumes_another_and_the_publisher_finishes()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Waiter("waits"));
        await hub.ImportAsync(Some.Chain("tells", Some.Activity("p", "Elsa.PublishEvent", ("eventName", Some.Text("ready")), ("payload", Some.Text("news"))), Some.Line("told", "told")));
        var waiting = await WaitingAsync(hub, "waits");

        var teller = await hub.RunAsync("tells");

        Assert.Equal((RunSubStatus.Finished, "told"), (teller.SubStatus, teller.Lines.Single()));
        Assert.Equal(["got news"], (await hub.UntilAsync(waiting, run => run.Status == RunStatus.Finished)).Lines);
    }

    [Fact]
    public async Task A_run_whose_end_was_journalled_but_not_written_down_is_ended_by_the_next_server()
    {
        var data = Directory.CreateTempSubdirectory("flows-ended-").FullName;
        string run;
        await using (var hub = await TestHub.StartAsync(data))
        {
            await hub.ImportAsync(Some.Chain("quick", Some.Line("a", "x")));
            run = (await hub.RunAsync("quick")).Id;
            await using var db = await hub.Services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContextAsync();
            await db.Set<RunRow>().Where(row => row.Id == run).ExecuteUpdateAsync(set => set.SetProperty(row => row.Status, RunStatus.Running).SetProperty(row => row.Record, (string?)null));
        }

        await using (var next = await TestHub.StartAsync(data))
        {
            var store = next.Services.GetRequiredService<RunStore>();
            await Eventually.TrueAsync(async () => (await store.FindAsync(run))!.SubStatus == RunSubStatus.Finished);
            Assert.Equal(["x"], (await next.RecordAsync(run)).Lines);
        }
        Directory.Delete(data, recursive: true);
    }

    private static string Waiter(string id, params JsonObject[] first)
    {
        var line = Some.Line("line", "");
        line["text"] = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "JavaScript", ["value"] = "'got ' + getOutputFrom('event')" } };
        return Some.Chain(id, [.. first, Some.Activity("event", "Elsa.Event", ("eventName", Some.Text("ready"))), line]);
    }

    private static async Task<string> WaitingAsync(TestHub hub, string flow)
    {
        var run = await hub.StartRunAsync(flow);
        await hub.UntilAsync(run, record => record.SubStatus == RunSubStatus.Suspended);
        return run;
    }

    private static async Task<int> PublishAsync(TestHub hub, string name, string payload, string? correlation = null)
    {
        var answer = await hub.Http.PostAsJsonAsync($"/api/events/{name}", new EventRequest(payload, correlation), ContractJson.Options);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<EventDelivery>(ContractJson.Options))!.Delivered;
    }
}
