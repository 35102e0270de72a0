using Flows.Hub.Runners;
using Flows.Hub.Storage;
using Flows.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Flows.Tests.Runners;

/// <summary>Two orchestrators that change the row of one job at the same moment.</summary>
public sealed class JobStoreTests(PostgresServer postgres)
{
    [Fact]
    public Task A_job_is_begun_anew_although_another_takes_its_row_away_meanwhile() =>
        WritesAsync(step: 1, db => db.Set<StepJobRow>().Where(job => job.Id == "r/1").ExecuteDelete());

    [Fact]
    public Task A_job_is_written_down_although_another_writes_its_row_meanwhile() =>
        WritesAsync(step: 2, db => { db.Add(Job(step: 2, attempt: 1)); db.SaveChanges(); });

    private async Task WritesAsync(int step, Action<FlowsDb> meanwhile)
    {
        using var storage = await TestStorage.NewAsync(StorageKind.Postgres, postgres);
        await (await TestHub.StartAsync(storage.Folder, storage.Options)).DisposeAsync();
        await using var store = new JobStore(storage, Options.Create(new JobOptions()), new JobPlaces(storage, new StepDurations(), TimeProvider.System), new JobSignals(), TimeProvider.System);
        await store.AddAll([new JobWrite.Add(Job(step: 1, attempt: 1), null)])[0];
        await using var other = storage.CreateDbContext();
        await using var transaction = await other.Database.BeginTransactionAsync();
        meanwhile(other);

        var written = store.AddAll([new JobWrite.Add(Job(step, attempt: 2), 2)])[0];
        await Eventually.TrueAsync(() => IsBlockedAsync(storage.Connection!), () => "nothing waited for the other's row");
        await transaction.CommitAsync();
        await written;

        var row = (await store.FindAsync($"r/{step}"))!;
        Assert.Equal((2, JobState.Waiting), (row.Attempt, row.State));
    }

    private static async Task<bool> IsBlockedAsync(string connection)
    {
        await using var watcher = new NpgsqlConnection(connection);
        await watcher.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()", watcher);
        return (long)(await command.ExecuteScalarAsync())! > 0;
    }

    private static StepJobRow Job(int step, int attempt) => new()
    {
        Id = $"r/{step}", RunId = "r", Step = step, Attempt = attempt, DefinitionId = "f", ActivityId = "a", CreatedAt = DateTimeOffset.UnixEpoch,
    };
}
