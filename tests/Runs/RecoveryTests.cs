using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Runs;

public sealed class SqliteRecoveryTests(KilledServer killed) : RecoveryTests(killed, StorageKind.Sqlite);

public sealed class PostgresRecoveryTests(KilledServer killed) : RecoveryTests(killed, StorageKind.Postgres);

/// <summary>The server is killed, not stopped: what is on disk is all there is. One life and its end serve all tests of a storage.</summary>
public abstract class RecoveryTests(KilledServer killed, StorageKind kind) : IClassFixture<KilledServer>, IAsyncLifetime
{
    public ValueTask InitializeAsync() => killed.KilledOnceAsync(kind);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_run_that_waits_is_finished_by_the_next_server_with_its_finished_steps_kept()
    {
        var (before, record) = (killed.BeforeTheKill, await killed.EndAsync(killed.BeforeTheKill.Id));

        Assert.Equal(RunSubStatus.Finished, record.SubStatus);
        Assert.Equal(["before", "after"], record.Lines);
        Assert.Equal(StepOf(before, "a"), StepOf(record, "a"));
        Assert.True(record.Steps.Single(step => step.ActivityId == "d").FinishedAt >= before.Bookmarks[0].DueAt, "it was resumed too early");
    }

    [Fact]
    public async Task A_job_that_died_with_the_server_is_done_again_as_the_next_attempt()
    {
        var record = await killed.EndAsync(killed.WithJob);

        Assert.Equal(RunSubStatus.Finished, record.SubStatus);
        Assert.Equal(["before", "after"], record.Lines);
        Assert.Equal((2, 1), (record.Steps.Single(step => step.ActivityId == "p").Attempt, record.Steps.Single(step => step.ActivityId == "a").Attempt));
    }

    [Fact]
    public async Task Fifty_busy_runs_survive_a_kill_and_repeat_no_finished_step()
    {
        Assert.Equal(50, killed.Busy.Count);
        foreach (var run in killed.Busy) Assert.Equal(Enumerable.Range(0, KilledServer.Lines).Select(i => $"{i}"), (await killed.EndAsync(run)).Lines);
    }

    private static (StepStatus, DateTimeOffset?, DateTimeOffset?, int) StepOf(RunRecord run, string activityId)
    {
        var step = run.Steps.Single(step => step.ActivityId == activityId);
        return (step.Status, step.StartedAt, step.FinishedAt, step.Attempt);
    }
}

/// <summary>A server that was killed with a run that waits, one with a job under way and fifty busy ones, and the next one on its data.</summary>
public sealed class KilledServer(PostgresServer postgres) : IAsyncDisposable
{
    /// <summary>Lines that each busy run writes.</summary>
    public const int Lines = 100;

    private readonly string _data = Directory.CreateTempSubdirectory("flows-killed-").FullName;
    private HubProcess? _next;

    /// <summary>The run that waits, as it was seen before the server was killed.</summary>
    public RunRecord BeforeTheKill { get; private set; } = null!;

    public string WithJob { get; private set; } = "";

    public List<string> Busy { get; } = [];

    public async ValueTask KilledOnceAsync(StorageKind kind)
    {
        if (_next is not null) return;
        var storage = kind == StorageKind.Postgres ? await postgres.NewDatabaseAsync() : null;
        var marker = Path.Combine(_data, "second");
        await using (var first = await HubProcess.StartAsync(_data, storage))
        {
            await BeginAsync(first.Http, marker);
            await first.KillAsync();
        }
        await File.WriteAllTextAsync(marker, "go");
        _next = await HubProcess.StartAsync(_data, storage);
    }

    public Task<RunRecord> EndAsync(string run) => _next!.Http.UntilRunAsync(run, record => record.Status == RunStatus.Finished);

    public async ValueTask DisposeAsync()
    {
        if (_next is not null) await _next.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    // The job is under way and the other waits when the busy ones begin, which are killed in their middle.
    private async Task BeginAsync(HttpClient http, string marker)
    {
        await http.ImportFlowAsync(Some.Chain("wait", Some.Line("a", "before"), Some.Delay("d", 12), Some.Line("b", "after")));
        await http.ImportFlowAsync(Some.Chain("job", Some.Line("a", "before"), Script("p", marker), Some.Line("b", "after")));
        await http.ImportFlowAsync(Some.Chain("busy", [.. Enumerable.Range(0, Lines).Select(i => Some.Line($"l{i}", $"{i}"))]));
        WithJob = await http.StartRunAsync("job");
        // The record may be ahead of the disk; the journal is what the next server will know.
        await Eventually.TrueAsync(async () => (await http.GetFromJsonAsync<JsonArray>($"/api/runs/{WithJob}/journal"))!
            .Any(entry => (string?)entry!["activityId"] == "p" && (string?)entry["event"] == "Started"));
        var waits = await http.StartRunAsync("wait");
        BeforeTheKill = await http.UntilRunAsync(waits, record => record.SubStatus == RunSubStatus.Suspended);
        for (var i = 0; i < 50; i++) Busy.Add(await http.StartRunAsync("busy"));
    }

    // Runs for ever until the marker file is there.
    private static JsonObject Script(string id, string marker) => Some.Activity(id, "Flows.PythonScript", ("script", Some.Text(
        $"import os, time\nwhile not os.path.exists({JsonSerializer.Serialize(marker)}): time.sleep(0.05)\nprint('done')\n")));
}
