using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Hub.Runs;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Robustness;

/// <summary>Watchers of a run: several, slow ones, none of them in the run's way.</summary>
public sealed class WatchingTests(SharedHub shared) : IClassFixture<SharedHub>
{
    [Fact]
    public async Task Two_watchers_see_the_same_run_to_its_end()
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("watch", [Some.Delay("d", 0.5), .. Enumerable.Range(0, 100).Select(i => Some.Line($"l{i}", $"{i}"))]));
        var run = await hub.StartRunAsync("watch");

        var seen = await Task.WhenAll(EventsAsync(hub, run), EventsAsync(hub, run));

        foreach (var events in seen)
        {
            Assert.Equal(("record", "end"), (events[0].EventType, events[^1].EventType));
            Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), events.Where(item => item.EventType == "line").Select(item => JsonNode.Parse(item.Data)!["text"]!.GetValue<string>()));
            Assert.Equal(RunSubStatus.Finished, Last(events).SubStatus);
        }
    }

    [Fact]
    public void News_are_kept_for_a_watcher_up_to_a_limit_and_the_others_go_on()
    {
        var feed = new RunFeed();
        var (slow, quick) = (feed.Watch(), feed.Watch());

        for (var i = 0; i < 20_000; i++)
        {
            feed.Publish("line", i);
            Assert.True(quick.TryRead(out var news));
            Assert.Equal(i, news.Data);
        }

        Assert.InRange(slow.Count, 1, 10_000);
        while (slow.TryRead(out _)) { }
        Assert.True(slow.Completion.IsCompleted);
        Assert.False(quick.Completion.IsCompleted);
    }

    [Fact]
    public async Task A_watcher_that_fell_behind_starts_over_with_a_snapshot_and_misses_no_line_of_the_log()
    {
        Python.Required();
        var marker = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("loud", Python.Step("script", $"""
            import os, time
            for i in range(35_000): print("line", i)
            while not os.path.exists("{marker}"): time.sleep(0.02)
            print("last")
            """), Some.Line("z", "after")));
        var run = await hub.StartRunAsync("loud");
        using var events = await SleeperAsync(hub, $"/api/runs/{run}/events", "application/json");
        using var logs = await SleeperAsync(hub, $"/api/runs/{run}/logs", "text/event-stream");
        await Eventually.TrueAsync(async () => new FileInfo(Path.Combine(hub.Data, "logs", run + ".jsonl")) is { Exists: true, Length: > 5_000_000 } && await Task.FromResult(true));
        var feed = hub.Services.GetRequiredService<RunHost>().Find(run)!.Feed;
        for (var i = 0; i < 20_000; i++) feed.Publish("run", new { news = i });
        await File.WriteAllTextAsync(marker, "");
        try
        {
            await hub.UntilAsync(run, record => record.Status == RunStatus.Finished);

            var seen = await RestAsync(events);
            Assert.True(seen.Count(item => item.EventType == "run") < 20_000, "the watcher was not slow enough for this test");
            Assert.True(seen.Count(item => item.EventType == "record") >= 2);
            Assert.Equal([.. Enumerable.Range(0, 35_000).Select(i => $"line {i}"), "last"], Texts(seen));
            Assert.Equal("end", seen[^1].EventType);
            Assert.Equal((RunSubStatus.Finished, "after"), (Last(seen).SubStatus, Assert.Single(Last(seen).Lines)));
            var lines = Texts(await RestAsync(logs));
            Assert.Equal([.. Enumerable.Range(0, 35_000).Select(i => $"line {i}"), "last"], lines);
        }
        finally { File.Delete(marker); }
    }

    [Fact]
    public async Task A_run_does_not_wait_for_those_who_watch_it()
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("long", [Some.Delay("d", 0.3), .. Enumerable.Range(0, 2_000).Select(i => Some.Line($"l{i}", $"{i}"))]));
        var run = await hub.StartRunAsync("long");
        using var one = await SleeperAsync(hub, $"/api/runs/{run}/events", "text/event-stream");
        using var two = await SleeperAsync(hub, $"/api/runs/{run}/events", "text/event-stream");

        var watched = EventsAsync(hub, run);
        var record = await hub.UntilAsync(run, record => record.Status == RunStatus.Finished);

        Assert.Equal(2_000, record.Lines.Count);
        Assert.Equal(2_000, Last(await watched).Lines.Count);
    }

    private static async Task<List<SseItem<string>>> EventsAsync(TestHub hub, string run)
    {
        await using var stream = await hub.Http.GetStreamAsync($"/api/runs/{run}/events");
        return await ReadAsync(stream);
    }

    private static async Task<List<SseItem<string>>> ReadAsync(Stream stream)
    {
        var items = new List<SseItem<string>>();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync()) items.Add(item);
        return items;
    }

    private static IEnumerable<string> Texts(List<SseItem<string>> events) =>
        events.Where(item => item.EventType == "log").Select(item => JsonNode.Parse(item.Data)!["text"]!.GetValue<string>());

    private static RunRecord Last(List<SseItem<string>> events) =>
        JsonSerializer.Deserialize<RunRecord>(events.Last(item => item.EventType == "record").Data, ContractJson.Options)!;

    // Asks, and does not read: what the server sends piles up in its hands.
    private static async Task<TcpClient> SleeperAsync(TestHub hub, string path, string accept)
    {
        var address = new Uri(hub.Url);
        var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(address.Host, address.Port);
        // HTTP/1.0 answers come without chunks.
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.0\r\nHost: {address.Authority}\r\nAccept: {accept}\r\n\r\n"));
        return client;
    }

    private static async Task<List<SseItem<string>>> RestAsync(TcpClient client)
    {
        var stream = client.GetStream();
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) head.Append((char)stream.ReadByte());
        return await ReadAsync(stream);
    }
}
