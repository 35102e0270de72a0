using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Backfills;
using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Backfills;

/// <summary>One run for each partition: so many at once, through a restart, cancelled, and once more what faulted.</summary>
public sealed class BackfillTests(PostgresServer postgres)
{
    [Theory, InlineData(StorageKind.Sqlite), LongData(StorageKind.Postgres)]
    public async Task Every_day_times_every_variant_is_run_once_also_when_the_server_stops_in_the_middle(StorageKind kind)
    {
        using var storage = await TestStorage.NewAsync(kind, postgres);
        string id;
        await using (var hub = await TestHub.StartAsync(storage.Folder, storage.Options))
        {
            await hub.ImportAsync(Flow(Some.Delay("rest", 0.05)));
            id = (await StartAsync(hub, new BackfillRequest { Flow = "past", Input = "day", From = "2026-01-01", To = "2026-01-10", Matrix = Matrix("depth", 1, 2), MaxActive = 3 })).Id;
            await Eventually.TrueAsync(async () => Count(await FindAsync(hub, id), CellState.Finished) >= 4);
        }
        await using var next = await TestHub.StartAsync(storage.Folder, storage.Options);

        await Eventually.TrueAsync(async () => (await FindAsync(next, id)).State == BackfillState.Finished);

        Assert.Equal(20, Count(await FindAsync(next, id), CellState.Finished));
        Assert.Equal(new string('F', 20), await next.Http.GetStringAsync($"/api/backfills/{id}/states"));
        var runs = (await CellsAsync(next, id)).Select(cell => cell.RunId!).ToList();
        Assert.Equal(20, runs.Distinct().Count());
        Assert.Equal(20, (await next.Http.GetFromJsonAsync<JsonArray>("/api/runs?limit=200"))!.Count);
        var last = await next.RecordAsync((await CellsAsync(next, id, "?partition=9&variant=1"))[0].RunId!);
        Assert.Equal(("2026-01-10", 2, "backfill"), (last.Inputs["day"]!.GetValue<string>(), last.Inputs["depth"]!.GetValue<int>(), last.Trigger));
    }

    [Fact]
    public async Task No_more_run_at_once_than_it_says()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Flow(Some.Activity("wait", "Elsa.Event", ("eventName", Some.Text("go")))));
        var id = (await StartAsync(hub, new BackfillRequest { Flow = "past", Input = "day", Partitions = ["a", "b", "c", "d", "e"], MaxActive = 2, Order = "descending" })).Id;
        await Eventually.TrueAsync(async () => (await hub.Http.GetFromJsonAsync<JsonArray>("/api/runs?subStatus=Suspended"))!.Count == 2);

        Assert.Equal((2, 3), (Count(await FindAsync(hub, id), CellState.Running), Count(await FindAsync(hub, id), CellState.Pending)));
        Assert.Equal("PPPRR", await hub.Http.GetStringAsync($"/api/backfills/{id}/states"));
        await Eventually.TrueAsync(async () =>
        {
            Assert.InRange(Count(await FindAsync(hub, id), CellState.Running), 0, 2);
            await hub.Http.PostAsJsonAsync("/api/events/go", new { });
            return (await FindAsync(hub, id)).State == BackfillState.Finished;
        });
    }

    [Fact]
    public async Task A_fault_stops_it_when_it_is_to_and_only_what_faulted_is_run_again()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Flow(Some.Activity("check", "Elsa.RunJavaScript", ("script", Some.Text("if (getInput('day') == 'b') throw new Error('no data')")))));
        var request = new BackfillRequest { Flow = "past", Input = "day", Partitions = ["a", "b", "c"], MaxActive = 1 };
        var on = (await StartAsync(hub, request)).Id;
        var stop = (await StartAsync(hub, request with { OnFailure = "stop" })).Id;
        await Eventually.TrueAsync(async () => (await FindAsync(hub, on)).State == BackfillState.Finished && (await FindAsync(hub, stop)).State == BackfillState.Stopped);
        Assert.Equal(("FXF", "FXP"), (await hub.Http.GetStringAsync($"/api/backfills/{on}/states"), await hub.Http.GetStringAsync($"/api/backfills/{stop}/states")));

        await hub.ImportAsync(Flow(Some.Line("check", "mended")));
        await hub.Http.PostAsync($"/api/backfills/{on}/rerun", null);
        await hub.Http.PostAsync($"/api/backfills/{stop}/rerun", null);

        await Eventually.TrueAsync(async () => (await FindAsync(hub, on)).State == BackfillState.Finished && (await FindAsync(hub, stop)).State == BackfillState.Finished);
        Assert.Equal([1, 2, 1], (await CellsAsync(hub, on)).Select(cell => cell.Tries));
        Assert.Equal("FFF", await hub.Http.GetStringAsync($"/api/backfills/{stop}/states"));
        Assert.Equal(HttpStatusCode.Conflict, (await hub.Http.PostAsync($"/api/backfills/{on}/rerun", null)).StatusCode);
    }

    [Fact]
    public async Task Cancelling_ends_what_runs_and_starts_nothing_more()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Flow(Some.Delay("long", 3600)));
        var id = (await StartAsync(hub, new BackfillRequest { Flow = "past", Input = "day", From = "2026-01", To = "2026-12", Step = "month", MaxActive = 2 })).Id;
        await Eventually.TrueAsync(async () => (await hub.Http.GetFromJsonAsync<JsonArray>("/api/runs?subStatus=Suspended"))!.Count == 2);

        await hub.Http.PostAsync($"/api/backfills/{id}/cancel", null);

        await Eventually.TrueAsync(async () => await hub.Http.GetStringAsync($"/api/backfills/{id}/states") == new string('C', 12));
        Assert.Equal(BackfillState.Cancelled, (await FindAsync(hub, id)).State);
    }

    [Fact]
    public async Task A_flow_that_can_no_longer_run_stops_it_and_says_why()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Flow(Some.Delay("rest", 0.3)));
        var id = (await StartAsync(hub, new BackfillRequest { Flow = "past", Input = "day", Partitions = ["a", "b", "c"], MaxActive = 1 })).Id;
        await hub.Http.DeleteAsync("/api/flows/past");

        await Eventually.TrueAsync(async () => (await FindAsync(hub, id)).State == BackfillState.Stopped);

        Assert.Contains("no published flow 'past'", (await FindAsync(hub, id)).Problem);
    }

    [Theory]
    [InlineData("""{"flow":"past","input":"day"}""", "'from' must be a date")]
    [InlineData("""{"flow":"past","input":"day","from":"2026-02-01","to":"2026-01-01"}""", "'from' must not be after 'to'")]
    [InlineData("""{"flow":"past","input":"day","from":"2026-01-01","to":"2026-01-02","step":"week"}""", "'step' must be one of hour, day, month")]
    [InlineData("""{"flow":"past","input":"day","partitions":["a","a"]}""", "names one partition twice")]
    [InlineData("""{"flow":"past","input":"day","partitions":["a"],"matrix":{"depth":[]}}""", "'matrix.depth' must be a list")]
    [InlineData("""{"flow":"past","input":"day","partitions":["a"],"maxActive":0}""", "'maxActive' must be between")]
    [InlineData("""{"flow":"past","input":"day","from":"1900-01-01","to":"2026-01-01","step":"hour"}""", "more than 50000")]
    public void What_makes_no_sense_has_a_reason(string request, string saying) =>
        Assert.Contains(BackfillPlan.Of(JsonSerializer.Deserialize<BackfillRequest>(request, ContractJson.Options)!).Problems, problem => problem.Contains(saying, StringComparison.Ordinal));

    [Theory]
    [InlineData("""{"flow":"past","input":"night","partitions":["a"],"maxActive":0}""", HttpStatusCode.BadRequest, "'maxActive' must be between")]
    [InlineData("""{"flow":"past","input":"night","partitions":["a"]}""", HttpStatusCode.BadRequest, "no input 'night'; it has day, depth")]
    [InlineData("""{"flow":"future","input":"day","partitions":["a"]}""", HttpStatusCode.NotFound, "no published flow 'future'")]
    public async Task What_cannot_be_run_is_refused(string request, HttpStatusCode status, string saying)
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Flow(Some.Line("a", "x")));

        var answer = await hub.Http.PostAsync("/api/backfills", new StringContent(request, System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(saying, (await answer.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!.GetValue<string>());
    }

    [Fact]
    public void Months_are_counted_from_the_first_and_hours_carry_their_time()
    {
        Assert.Equal(["2026-01-31", "2026-02-28", "2026-03-31"], BackfillPlan.Of(new BackfillRequest { Flow = "f", Input = "i", From = "2026-01-31", To = "2026-03-31", Step = "month" }).Partitions);
        Assert.Equal(["2026-01-01T22:00:00Z", "2026-01-01T23:00:00Z", "2026-01-02T00:00:00Z"], BackfillPlan.Of(new BackfillRequest { Flow = "f", Input = "i", From = "2026-01-01T22:00:00Z", To = "2026-01-02", Step = "hour" }).Partitions);
    }

    private static string Flow(JsonObject activity)
    {
        var flow = JsonNode.Parse(Some.Chain("past", activity))!;
        flow["inputs"] = new JsonArray(new JsonObject { ["name"] = "day", ["type"] = "String" }, new JsonObject { ["name"] = "depth", ["type"] = "Int32" });
        return flow.ToJsonString(ContractJson.Options);
    }

    private static Dictionary<string, IReadOnlyList<JsonNode?>> Matrix(string name, params int[] values) => new() { [name] = [.. values.Select(value => (JsonNode?)JsonValue.Create(value))] };

    private static int Count(Backfill backfill, CellState state) => backfill.Counts.GetValueOrDefault(state);

    private static async Task<Backfill> StartAsync(TestHub hub, BackfillRequest request)
    {
        var answer = await hub.Http.PostAsJsonAsync("/api/backfills", request, ContractJson.Options);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<Backfill>(ContractJson.Options))!;
    }

    private static async Task<Backfill> FindAsync(TestHub hub, string id) => (await hub.Http.GetFromJsonAsync<Backfill>($"/api/backfills/{id}", ContractJson.Options))!;

    private static async Task<IReadOnlyList<BackfillCell>> CellsAsync(TestHub hub, string id, string query = "") => (await hub.Http.GetFromJsonAsync<IReadOnlyList<BackfillCell>>($"/api/backfills/{id}/cells{query}", ContractJson.Options))!;
}
