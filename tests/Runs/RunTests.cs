using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Runs;

public sealed class RunTests(SharedHub shared) : IClassFixture<SharedHub>
{
    [Fact]
    public async Task A_run_writes_its_lines_and_its_journal()
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("hello", Some.Line("a", "one"), Some.Line("b", "two")));

        var run = await hub.RunAsync("hello");
        var journal = await hub.Http.GetFromJsonAsync<JsonArray>($"/api/runs/{run.Id}/journal");

        Assert.Equal((RunStatus.Finished, RunSubStatus.Finished), (run.Status, run.SubStatus));
        Assert.Equal(["one", "two"], run.Lines);
        Assert.Equal("Workflow1:Started chart:Started a:Started a:Completed b:Started b:Completed chart:Completed Workflow1:Completed",
            string.Join(' ', journal!.Select(entry => $"{entry!["activityId"]}:{entry["event"]}")));
    }

    [Fact]
    public async Task A_run_goes_on_after_the_server_was_stopped_in_the_middle()
    {
        var data = Directory.CreateTempSubdirectory("flows-restart-").FullName;
        string run;
        await using (var first = await TestHub.StartAsync(data))
        {
            await first.ImportAsync(Some.Chain("wait", Some.Line("a", "before"), Some.Delay("d", 2), Some.Line("b", "after")));
            run = await first.StartRunAsync("wait");
            await first.UntilAsync(run, record => record.SubStatus == RunSubStatus.Suspended);
        }

        await using var second = await TestHub.StartAsync(data);
        var record = await second.UntilAsync(run, record => record.Status == RunStatus.Finished);

        Assert.Equal(["before", "after"], record.Lines);
        Assert.Equal(1, record.Steps.Count(step => step.ActivityId == "a"));
    }

    [Fact]
    public async Task Two_hundred_runs_at_once_all_finish()
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("many", Some.Line("a", "one"), Some.Delay("d", 0.05), Some.Line("b", "two")));

        var runs = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => hub.RunAsync("many")));

        Assert.All(runs, run => Assert.Equal(RunSubStatus.Finished, run.SubStatus));
        Assert.Equal(200, runs.Select(run => run.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_waiting_run_is_cancelled()
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("long", Some.Delay("d", 3600), Some.Line("b", "never")));
        var run = await hub.StartRunAsync("long");
        await hub.UntilAsync(run, record => record.SubStatus == RunSubStatus.Suspended);

        await hub.Http.PostAsync($"/api/runs/{run}/cancel", null);

        var record = await hub.UntilAsync(run, record => record.Status == RunStatus.Finished);
        Assert.Equal(RunSubStatus.Cancelled, record.SubStatus);
        Assert.Empty(record.Lines);
    }

    [Fact]
    public async Task A_bookmark_is_resumed_by_its_id()
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("event", Some.Activity("e", "Elsa.Event", ("eventName", Some.Text("go"))), Some.Line("b", "went")));
        var run = await hub.StartRunAsync("event");
        var waiting = await hub.UntilAsync(run, record => record.Bookmarks.Count == 1);

        var answer = await hub.Http.PostAsJsonAsync($"/api/bookmarks/{waiting.Bookmarks[0].Id}/resume", new { });

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(["went"], (await hub.UntilAsync(run, record => record.Status == RunStatus.Finished)).Lines);
    }

    [Fact]
    public async Task A_watcher_gets_a_snapshot_then_every_step_and_the_end()
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("watch", Some.Delay("d", 0.5), Some.Line("b", "seen")));
        var run = await hub.StartRunAsync("watch");

        var events = await hub.Http.GetStringAsync($"/api/runs/{run}/events");

        Assert.StartsWith("event: record\n", events);
        Assert.Contains("event: line\n", events);
        Assert.Contains("\"activityId\":\"b\"", events);
        Assert.EndsWith("event: end\ndata: {}\n\n", events);
    }

    [Theory]
    [InlineData("/api/runs/none", "no run 'none'")]
    [InlineData("/api/runs/none/events", "no run 'none'")]
    [InlineData("/api/none", "no route /api/none")]
    public async Task What_is_not_there_is_a_problem_that_says_so(string path, string expected)
    {
        var hub = shared.Hub;

        var answer = await hub.Http.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains(expected, (await answer.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!.GetValue<string>());
    }
}
