using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Runs;

/// <summary>The server is killed, not stopped: what is on disk is all there is.</summary>
public sealed class RecoveryTests(PostgresServer postgres) : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("flows-killed-").FullName;

    [Theory]
    [InlineData(StorageKind.Sqlite)]
    [InlineData(StorageKind.Postgres)]
    public async Task A_run_that_waits_is_finished_by_the_next_server_with_its_finished_steps_kept(StorageKind kind)
    {
        var storage = await StorageAsync(kind);
        string run;
        RunRecord before;
        await using (var killed = await HubProcess.StartAsync(_data, storage))
        {
            await killed.Http.ImportFlowAsync(Some.Chain("wait", Some.Line("a", "before"), Some.Delay("d", 3), Some.Line("b", "after")));
            run = await killed.Http.StartRunAsync("wait");
            before = await killed.Http.UntilRunAsync(run, record => record.SubStatus == RunSubStatus.Suspended);
            await killed.KillAsync();
        }

        await using var next = await HubProcess.StartAsync(_data, storage);
        var record = await next.Http.UntilRunAsync(run, record => record.Status == RunStatus.Finished);

        Assert.Equal(RunSubStatus.Finished, record.SubStatus);
        Assert.Equal(["before", "after"], record.Lines);
        Assert.Equal(StepOf(before, "a"), StepOf(record, "a"));
        Assert.True(record.Steps.Single(step => step.ActivityId == "d").FinishedAt >= before.Bookmarks[0].DueAt, "it was resumed too early");
    }

    [Theory]
    [InlineData(StorageKind.Sqlite)]
    [InlineData(StorageKind.Postgres)]
    public async Task A_job_that_died_with_the_server_is_done_again_as_the_next_attempt(StorageKind kind)
    {
        var storage = await StorageAsync(kind);
        var marker = Path.Combine(_data, "second");
        string run;
        await using (var killed = await HubProcess.StartAsync(_data, storage))
        {
            await killed.Http.ImportFlowAsync(Some.Chain("job", Some.Line("a", "before"), Script("p", marker), Some.Line("b", "after")));
            run = await killed.Http.StartRunAsync("job");
            // The record may be ahead of the disk; the journal is what the next server will know.
            await Eventually.TrueAsync(async () => (await killed.Http.GetFromJsonAsync<JsonArray>($"/api/runs/{run}/journal"))!
                .Any(entry => (string?)entry!["activityId"] == "p" && (string?)entry["event"] == "Started"));
            await killed.KillAsync();
        }
        await File.WriteAllTextAsync(marker, "go");

        await using var next = await HubProcess.StartAsync(_data, storage);
        var record = await next.Http.UntilRunAsync(run, record => record.Status == RunStatus.Finished);

        Assert.Equal(RunSubStatus.Finished, record.SubStatus);
        Assert.Equal(["before", "after"], record.Lines);
        Assert.Equal((2, 1), (record.Steps.Single(step => step.ActivityId == "p").Attempt, record.Steps.Single(step => step.ActivityId == "a").Attempt));
    }

    [Theory]
    [InlineData(StorageKind.Sqlite)]
    [InlineData(StorageKind.Postgres)]
    public async Task Fifty_busy_runs_survive_a_kill_and_repeat_no_finished_step(StorageKind kind)
    {
        var storage = await StorageAsync(kind);
        var runs = new List<string>();
        await using (var killed = await HubProcess.StartAsync(_data, storage))
        {
            await killed.Http.ImportFlowAsync(Some.Chain("busy", [.. Enumerable.Range(0, 200).Select(i => Some.Line($"l{i}", $"{i}"))]));
            for (var i = 0; i < 50; i++) runs.Add(await killed.Http.StartRunAsync("busy"));
            await killed.KillAsync();
        }

        await using var next = await HubProcess.StartAsync(_data, storage);

        foreach (var run in runs)
        {
            var record = await next.Http.UntilRunAsync(run, record => record.Status == RunStatus.Finished);
            Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i}"), record.Lines);
        }
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);

    private async Task<string?> StorageAsync(StorageKind kind) => kind == StorageKind.Postgres ? await postgres.NewDatabaseAsync() : null;

    // Runs for ever until the marker file is there.
    private static System.Text.Json.Nodes.JsonObject Script(string id, string marker) => Some.Activity(id, "Flows.PythonScript", ("script", Some.Text(
        $"import os, time\nwhile not os.path.exists({System.Text.Json.JsonSerializer.Serialize(marker)}): time.sleep(0.05)\nprint('done')\n")));

    private static (StepStatus, DateTimeOffset?, DateTimeOffset?, int) StepOf(RunRecord run, string activityId)
    {
        var step = run.Steps.Single(step => step.ActivityId == activityId);
        return (step.Status, step.StartedAt, step.FinishedAt, step.Attempt);
    }
}
