using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Runs;
using Flows.Hub;
using Flows.Tests.Support;

namespace Flows.Tests.Runs;

/// <summary>Several orchestrators on one PostgreSQL.</summary>
public sealed class OwnershipTests(PostgresServer postgres) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flows-owners-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_runs_of_an_orchestrator_that_hangs_go_on_elsewhere_and_it_does_no_harm_when_it_wakes()
    {
        var storage = await postgres.NewDatabaseAsync();
        await using var hangs = await StartAsync("hangs", storage);
        await using var other = await StartAsync("other", storage);
        await hangs.Http.ImportFlowAsync(Some.Chain("waits", Some.Line("a", "before"), Some.Delay("d", 1), Some.Line("b", "after")));
        await hangs.Http.ImportFlowAsync(Some.Chain("busy", [.. Lines("l", 3000)]));
        string[] runs = [await hangs.Http.StartRunAsync("waits"), await hangs.Http.StartRunAsync("busy")];
        await hangs.Http.UntilRunAsync(runs[1], record => record.Lines.Count > 10);

        hangs.Pause();
        Assert.Equal(["before", "after"], (await other.Http.UntilRunAsync(runs[0], record => record.Status == RunStatus.Finished)).Lines);
        Assert.Equal(Texts("l", 3000), (await other.Http.UntilRunAsync(runs[1], record => record.Status == RunStatus.Finished)).Lines);
        hangs.Continue();

        foreach (var run in runs) Assert.Equal(RunSubStatus.Finished, (await hangs.Http.UntilRunAsync(run, record => record.Status == RunStatus.Finished)).SubStatus);
        var again = await hangs.Http.StartRunAsync("waits");
        Assert.Equal(["before", "after"], (await hangs.Http.UntilRunAsync(again, record => record.Status == RunStatus.Finished)).Lines);
    }

    [Fact]
    public async Task An_orchestrator_that_is_asked_to_stop_hands_its_runs_over_at_once()
    {
        var storage = await postgres.NewDatabaseAsync();
        // A dead orchestrator's runs would wait for longer than the test does.
        var options = new HubProcessOptions { Settings = new Dictionary<string, string> { ["Orchestrators__DeadAfterSeconds"] = "600" } };
        await using var stops = await StartAsync("stops", storage, options);
        await using var other = await StartAsync("other", storage, options);
        await stops.Http.ImportFlowAsync(Some.Chain("waits", Some.Activity("e", "Elsa.Event", ("eventName", Some.Text("go"))), Some.Line("b", "after")));
        var run = await stops.Http.StartRunAsync("waits");
        await stops.Http.UntilRunAsync(run, record => record.SubStatus == RunSubStatus.Suspended);

        await stops.TerminateAsync(20);
        Assert.Equal(1, await PublishAsync(other.Http, "go"));

        Assert.Equal(["after"], (await other.Http.UntilRunAsync(run, record => record.Status == RunStatus.Finished)).Lines);
        Assert.Single((await other.Http.GetFromJsonAsync<JsonArray>("/api/orchestrators"))!);
    }

    [Fact]
    public async Task A_run_is_read_cancelled_resumed_and_told_events_at_any_orchestrator()
    {
        var options = new HubOptions { Storage = await postgres.NewDatabaseAsync() };
        await using var owner = await TestHub.StartAsync(options: options);
        await using var other = await TestHub.StartAsync(options: options);
        await owner.ImportAsync(Some.Chain("event", Some.Activity("e", "Elsa.Event", ("eventName", Some.Text("go"))), Some.Line("b", "after")));
        await owner.ImportAsync(Some.Chain("long", Some.Delay("d", 600), Some.Line("b", "after")));
        var (told, resumed, cancelled) = (await owner.StartRunAsync("event"), await owner.StartRunAsync("long"), await owner.StartRunAsync("long"));
        foreach (var run in new[] { told, resumed, cancelled }) await other.UntilAsync(run, record => record.SubStatus == RunSubStatus.Suspended);

        Assert.Equal(1, await PublishAsync(other.Http, "go"));
        var bookmark = (await other.RecordAsync(resumed)).Bookmarks.Single().Id;
        Assert.Equal(HttpStatusCode.Accepted, (await other.Http.PostAsJsonAsync($"/api/bookmarks/{bookmark}/resume", new { })).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await other.Http.PostAsync($"/api/runs/{cancelled}/cancel", null)).StatusCode);

        foreach (var hub in new[] { other, owner })
        {
            Assert.Equal(["after"], (await hub.UntilAsync(told, record => record.Status == RunStatus.Finished)).Lines);
            Assert.Equal(["after"], (await hub.UntilAsync(resumed, record => record.Status == RunStatus.Finished)).Lines);
            Assert.Equal(RunSubStatus.Cancelled, (await hub.UntilAsync(cancelled, record => record.Status == RunStatus.Finished)).SubStatus);
        }
        Assert.Equal(2, (await other.Http.GetFromJsonAsync<JsonArray>("/api/orchestrators"))!.Count(one => (string?)one!["status"] == "online"));
    }

    private Task<HubProcess> StartAsync(string name, string storage, HubProcessOptions? options = null) => HubProcess.StartAsync(Directory.CreateDirectory(Path.Combine(_folder, name)).FullName, storage, options);

    private static async Task<int> PublishAsync(HttpClient http, string name) =>
        (await (await http.PostAsJsonAsync($"/api/events/{name}", new { })).Content.ReadFromJsonAsync<JsonObject>())!["delivered"]!.GetValue<int>();

    private static IEnumerable<JsonObject> Lines(string id, int count) => Enumerable.Range(0, count).Select(i => Some.Line($"{id}{i}", $"{id} {i}"));

    private static IEnumerable<string> Texts(string id, int count) => Enumerable.Range(0, count).Select(i => $"{id} {i}");
}
