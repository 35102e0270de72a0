using System.Net.Http.Json;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.Tracking;
using Flows.Hub.Sync;
using Flows.Tests.Support;

namespace Flows.Tests.Sync;

/// <summary>A laptop's own server beside the hub: flows, runs, files and metrics of the one are those of the other.</summary>
public sealed class DataFolderSyncTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private readonly TestHub _hub = shared.Hub;

    [Fact]
    public async Task Flows_and_runs_of_a_laptops_server_come_to_the_hub_once_and_a_flow_that_changed_on_both_is_left_alone()
    {
        await using var laptop = await TestHub.StartAsync();
        await laptop.ImportAsync(Some.Chain("mine", Some.Line("a", "hello")));
        await laptop.Http.PutAsync("/api/flows/mine/files/notes.txt", new StringContent("notes"));
        var run = await laptop.RunAsync("mine");
        await MeasureAsync(laptop, run.Id);

        var first = await SyncAsync(laptop);
        var again = await SyncAsync(laptop);
        File.Delete(Path.Combine(laptop.Data, "sync.json"));
        var forgetful = await SyncAsync(laptop);

        Assert.Equal((1, 1, 1, 12_004L), (first.Flows, first.Runs, first.Files, first.Entries));
        Assert.All([again, forgetful], sent => Assert.Equal((0, 0, 0, 0L, 0), (sent.Flows, sent.Runs, sent.Files, sent.Entries, sent.Refused.Count)));
        Assert.Equal("notes", await _hub.Http.GetStringAsync("/api/flows/mine/files/notes.txt"));
        Assert.Equal(run.Lines, (await _hub.RecordAsync(run.Id)).Lines);
        foreach (var path in (string[])["metrics?points=10000", "tracking", "definition"])
            Assert.Equal(await laptop.Http.GetStringAsync($"/api/runs/{run.Id}/{path}"), await _hub.Http.GetStringAsync($"/api/runs/{run.Id}/{path}"));

        await _hub.ImportAsync(Some.Chain("mine", Some.Line("a", "changed at the hub")));
        await laptop.ImportAsync(Some.Chain("mine", Some.Line("a", "changed on the laptop")));
        var both = await SyncAsync(laptop);

        Assert.Contains("was changed at the hub too", Assert.Single(both.Refused));
        Assert.Contains("changed at the hub", await _hub.Http.GetStringAsync("/api/flows/mine/export"));
    }

    private async Task<SyncCount> SyncAsync(TestHub laptop)
    {
        using var from = new SyncClient(laptop.Url, null);
        using var to = new SyncClient(_hub.Url, null);
        await new DataFolderSync(from, to, new SyncNotes(laptop.Data, _hub.Url, null)).PushAsync(default);
        return to.Sent;
    }

    private static async Task MeasureAsync(TestHub hub, string run)
    {
        var picture = (await (await hub.Http.PostAsync("/api/artifacts?name=p.png&kind=Image", new ByteArrayContent([1, 2, 3]))).Content.ReadFromJsonAsync<Artifact>(ContractJson.Options))!;
        IReadOnlyList<TrackedEntry> facts = [new() { Param = "C", Text = "1" }, new() { Tag = "t", Text = "x" }, new() { File = "p", Step = 2, Artifact = picture }, new() { Metric = "odd/name with space", Value = double.NaN }];
        await SendAsync(hub, run, "facts", 0, facts);
        for (var from = 0; from < 12_000; from += 6_000)
            await SendAsync(hub, run, "w", from, [.. Enumerable.Range(from, 6_000).Select(i => new TrackedEntry { Metric = "loss", Value = 1d / (i + 1), Step = i, At = i })]);
    }

    private static async Task SendAsync(TestHub hub, string run, string writer, long from, IReadOnlyList<TrackedEntry> entries)
    {
        var answer = await hub.Http.PostAsJsonAsync($"/api/runs/{run}/tracking", new TrackingBatch { Writer = writer, From = from, Entries = entries, StepId = run + ".1" }, ContractJson.Options);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
