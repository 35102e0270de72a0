using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Tests.Runners;
using Flows.Tests.Support;

namespace Flows.Tests.Hardships;

/// <summary>The data folder's disk has no byte left.</summary>
public sealed class DiskFullTests
{
    [Fact]
    public async Task On_a_full_disk_new_runs_are_refused_and_those_under_way_wait_and_go_on_when_there_is_room()
    {
        using var disk = new SmallDisk(40);
        await using var hub = await HubProcess.StartAsync(disk.Folder);
        await hub.Http.ImportFlowAsync(Some.Chain("waits", [Some.Activity("e", "Elsa.Event", ("eventName", Some.Text("go"))), .. Enumerable.Range(0, 40).Select(i => Some.Line($"l{i}", $"{i}")), RunnerSite.Probe("job", 0.1), Some.Delay("d", 0.2), Some.Line("z", "end")]));
        var runs = new List<RunRecord>();
        for (var i = 0; i < 20; i++) runs.Add(await hub.Http.UntilRunAsync(await hub.Http.StartRunAsync("waits"), record => record.SubStatus == RunSubStatus.Suspended));

        disk.FillBut(2);
        await Eventually.TrueAsync(async () => (await hub.Http.GetFromJsonAsync<JsonArray>("/api/runners"))!.All(runner => (string?)runner!["status"] == "draining"));
        Assert.Equal(HttpStatusCode.InsufficientStorage, (await hub.Http.PostAsJsonAsync("/api/flows/waits/runs", new RunRequest(), ContractJson.Options)).StatusCode);
        disk.Fill();
        var resumed = runs.Select(run => hub.Http.PostAsJsonAsync($"/api/bookmarks/{run.Bookmarks[0].Id}/resume", new { })).ToList();

        var refused = await hub.Http.PostAsJsonAsync("/api/flows/waits/runs", new RunRequest(), ContractJson.Options);
        Assert.Equal(HttpStatusCode.InsufficientStorage, refused.StatusCode);
        Assert.Contains("disk of the data folder is full", (await refused.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!.GetValue<string>());
        // An upload is refused in the same words, by what it ran into.
        Assert.Equal(HttpStatusCode.InsufficientStorage, (await hub.Http.PutAsync("/api/artifacts/" + new string('0', 64), new ByteArrayContent(new byte[1 << 20]))).StatusCode);
        Assert.Contains("healthy", await hub.Http.GetStringAsync("/health"));
        Assert.Contains(resumed, one => !one.IsCompleted);

        disk.Free();
        Assert.All(await Task.WhenAll(resumed), answer => Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode));
        foreach (var run in runs)
        {
            var record = await hub.Http.UntilRunAsync(run.Id, record => record.Status == RunStatus.Finished);
            Assert.Equal((RunSubStatus.Finished, 41), (record.SubStatus, record.Lines.Count));
            var ends = (await hub.Http.GetFromJsonAsync<JsonArray>($"/api/runs/{run.Id}/journal"))!.Where(entry => (string?)entry!["event"] == "Completed");
            Assert.All(ends.GroupBy(entry => (string?)entry!["activityId"]), step => Assert.Single(step));
        }
        await hub.Http.StartRunAsync("waits");
    }

    [Fact]
    public async Task A_server_that_is_killed_on_a_full_disk_finishes_its_runs_when_it_is_started_with_room()
    {
        using var disk = new SmallDisk(40);
        string run;
        await using (var killed = await HubProcess.StartAsync(disk.Folder))
        {
            await killed.Http.ImportFlowAsync(Some.Chain("waits", [Some.Line("a", "before"), Some.Delay("d", 1), .. Enumerable.Range(0, 20).Select(i => Some.Line($"l{i}", $"{i}"))]));
            run = await killed.Http.StartRunAsync("waits");
            await killed.Http.UntilRunAsync(run, record => record.SubStatus == RunSubStatus.Suspended);
            disk.Fill();
            // The record is ahead of the disk, which has no room for what it says.
            await killed.Http.UntilRunAsync(run, record => record.SubStatus != RunSubStatus.Suspended);
            await killed.KillAsync();
        }
        disk.Free();

        await using var next = await HubProcess.StartAsync(disk.Folder);

        Assert.Equal(["before", .. Enumerable.Range(0, 20).Select(i => $"{i}")], (await next.Http.UntilRunAsync(run, record => record.Status == RunStatus.Finished)).Lines);
    }
}
