using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Tests.Runners;
using Flows.Tests.Support;
using Scripts = Flows.Tests.Robustness.Python;

namespace Flows.Tests.Runs;

/// <summary>A run is watched at an orchestrator that does not own it: a browser behind one address meets any of them.</summary>
public sealed class WatchedElsewhereTests(PostgresServer postgres) : IDisposable
{
    private const string Token = "token-of-those-who-watch";

    private readonly string _folder = Directory.CreateTempSubdirectory("flows-watched-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_run_is_watched_live_at_another_orchestrator_while_its_owner_lives_and_through_its_death()
    {
        var storage = await postgres.NewDatabaseAsync();
        await using var owner = await HubAsync("owner", storage);
        await using var other = await HubAsync("other", storage);

        await StepsAndLinesComeAndTheStreamEndsWithTheRunAsync(owner, other);
        await TheStreamGoesOnWhenTheOwnerIsKilledAsync(owner, other);
    }

    private static async Task TheStreamGoesOnWhenTheOwnerIsKilledAsync(HubProcess owner, HubProcess other)
    {
        await owner.Http.ImportFlowAsync(Some.Chain("watched", Event("e1", "first"), Some.Line("a", "one"), Event("e2", "second"), Some.Line("b", "two"), Some.Line("c", "three")));
        var run = await owner.Http.StartRunAsync("watched");
        await owner.Http.UntilRunAsync(run, record => record.SubStatus == RunSubStatus.Suspended);
        await using var stream = await other.Http.GetStreamAsync($"/api/runs/{run}/events");
        var events = SseParser.Create(stream).EnumerateAsync().GetAsyncEnumerator();

        Assert.Equal(RunSubStatus.Suspended, (await NextAsync<RunRecord>(events, "record")).SubStatus);
        await owner.Http.PostAsJsonAsync("/api/events/first", new { });
        Assert.Equal("one", (await NextAsync<JsonObject>(events, "line"))["text"]!.GetValue<string>());
        await owner.KillAsync();
        // The one that watches takes the run over and shows it on the same connection.
        await Eventually.TrueAsync(async () => (await (await other.Http.PostAsJsonAsync("/api/events/second", new { })).Content.ReadFromJsonAsync<JsonObject>())!["delivered"]!.GetValue<int>() == 1);
        var rest = new List<SseItem<string>>();
        while (await events.MoveNextAsync()) rest.Add(events.Current);

        Assert.Equal("end", rest[^1].EventType);
        var last = JsonSerializer.Deserialize<RunRecord>(rest.Last(item => item.EventType == "record").Data, ContractJson.Options)!;
        Assert.Equal((RunSubStatus.Finished, "one two three"), (last.SubStatus, string.Join(' ', last.Lines)));
    }

    private static async Task StepsAndLinesComeAndTheStreamEndsWithTheRunAsync(HubProcess owner, HubProcess other)
    {
        await owner.Http.ImportFlowAsync(Some.Chain("lively", [Event("e", "go"), .. Enumerable.Range(0, 50).Select(i => Some.Line($"l{i}", $"{i}")), Some.Delay("d", 0.3), Some.Line("z", "after")]));
        var run = await owner.Http.StartRunAsync("lively");
        await owner.Http.UntilRunAsync(run, record => record.SubStatus == RunSubStatus.Suspended);
        var watched = EventsAsync(other.Http, run);
        await Eventually.TrueAsync(async () => (await other.Http.GetFromJsonAsync<RunRecord>($"/api/runs/{run}", ContractJson.Options))!.SubStatus == RunSubStatus.Suspended);

        await owner.Http.PostAsJsonAsync("/api/events/go", new { });
        var events = await watched;

        Assert.Equal([.. Enumerable.Range(0, 50).Select(i => $"{i}"), "after"], events.Where(item => item.EventType == "line").Select(item => JsonNode.Parse(item.Data)!["text"]!.GetValue<string>()));
        Assert.Contains(events, item => item.EventType == "step" && item.Data.Contains("\"activityId\":\"z\"", StringComparison.Ordinal));
        Assert.Equal(RunSubStatus.Finished, JsonSerializer.Deserialize<RunRecord>(events.Last(item => item.EventType == "record").Data, ContractJson.Options)!.SubStatus);
        Assert.Equal("end", events[^1].EventType);
    }

    [Fact]
    public async Task Lines_of_a_runners_step_that_come_to_another_orchestrator_are_live_everywhere_and_stay_when_both_are_gone()
    {
        Scripts.Required();
        var (storage, marker) = (await postgres.NewDatabaseAsync(), Path.Combine(_folder, "marker"));
        await using var owner = await HubAsync("owner", storage, capacity: 0);
        await using var other = await HubAsync("other", storage, capacity: 0);
        // The runner knows the other one only.
        await using var runner = RunnerProcess.Start("--server", other.Http.BaseAddress!.ToString(), "--token", Token, "--storage", storage, "--name", "far", "--data", Path.Combine(_folder, "far"));
        await owner.Http.ImportFlowAsync(Some.Chain("script", Scripts.Step("s", $"""
            import os, time
            print("begun", flush=True)
            while not os.path.exists({JsonSerializer.Serialize(marker)}): time.sleep(0.05)
            print("ended")
            """), Event("e", "go")));
        var run = await owner.Http.StartRunAsync("script");
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var live = new[] { owner, other }.Select(hub => FirstLogAsync(hub.Http, run, stop.Token)).ToList();

        Assert.Equal(["begun", "begun"], await Task.WhenAll(live));
        await File.WriteAllTextAsync(marker, "");
        await other.Http.UntilRunAsync(run, record => record.SubStatus == RunSubStatus.Suspended);
        await owner.KillAsync();
        await other.KillAsync();

        await using var heir = await HubAsync("heir", storage, capacity: 0);
        Assert.Equal(["begun", "ended"], (await heir.Http.GetFromJsonAsync<List<LogLine>>($"/api/runs/{run}/logs", ContractJson.Options))!.Select(line => line.Text));
    }

    private Task<HubProcess> HubAsync(string name, string storage, int? capacity = null) =>
        HubProcess.StartAsync(Path.Combine(_folder, name), storage, new HubProcessOptions { Capacity = capacity, RunnerToken = Token });

    private static JsonObject Event(string id, string name) => Some.Activity(id, "Elsa.Event", ("eventName", Some.Text(name)));

    private static async Task<T> NextAsync<T>(IAsyncEnumerator<SseItem<string>> events, string kind)
    {
        while (await events.MoveNextAsync())
        {
            if (events.Current.EventType == kind) return JsonSerializer.Deserialize<T>(events.Current.Data, ContractJson.Options)!;
        }
        throw new InvalidOperationException($"the stream ended without {kind}");
    }

    private static async Task<List<SseItem<string>>> EventsAsync(HttpClient http, string run)
    {
        await using var stream = await http.GetStreamAsync($"/api/runs/{run}/events");
        var items = new List<SseItem<string>>();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync()) items.Add(item);
        return items;
    }

    private static async Task<string> FirstLogAsync(HttpClient http, string run, CancellationToken cancellation)
    {
        using var answer = await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, $"/api/runs/{run}/logs") { Headers = { { "Accept", "text/event-stream" } } }, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await foreach (var item in SseParser.Create(await answer.Content.ReadAsStreamAsync(cancellation)).EnumerateAsync(cancellation))
        {
            if (item.EventType == "log") return JsonNode.Parse(item.Data)!["text"]!.GetValue<string>();
        }
        return "";
    }
}
