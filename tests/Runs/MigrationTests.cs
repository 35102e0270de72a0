using Flows.Hub.Storage;
using Flows.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Flows.Tests.Runs;

public sealed class MigrationTests(PostgresServer postgres)
{
    [Theory]
    [InlineData(StorageKind.Sqlite)]
    [InlineData(StorageKind.Postgres)]
    public async Task Every_change_of_a_row_has_its_migration(StorageKind kind)
    {
        await using var db = await OpenAsync(kind);
        await db.Database.OpenConnectionAsync();

        await db.Database.MigrateAsync();

        Assert.False(db.Database.HasPendingModelChanges(), $"a row type changed: add a migration for {kind}, see CONTRIBUTING.md");
        Assert.NotEmpty(await db.Database.GetAppliedMigrationsAsync());
        Assert.Empty(await db.Database.GetPendingMigrationsAsync());
    }

    [Fact]
    public async Task A_server_starts_although_an_earlier_one_was_killed_while_it_migrated()
    {
        var data = Directory.CreateTempSubdirectory("flows-migrated-").FullName;
        await using (await TestHub.StartAsync(data)) { }
        await using (var left = new SqliteConnection($"Data Source={Path.Combine(data, "flows.db")};Pooling=False"))
        {
            await left.OpenAsync();
            await using var take = left.CreateCommand();
            take.CommandText = """CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" ("Id" INTEGER NOT NULL PRIMARY KEY, "Timestamp" TEXT NOT NULL); INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01 00:00:00+00:00')""";
            await take.ExecuteNonQueryAsync();
        }

        await using (var next = await Task.Run(() => TestHub.StartAsync(data)).WaitAsync(TimeSpan.FromSeconds(30))) await next.HealthyAsync();

        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public void Every_row_has_its_project_and_its_author()
    {
        using var db = new FlowsDb(new DbContextOptionsBuilder<FlowsDb>().UseSqlite("Data Source=:memory:").Options);

        Assert.All(db.Model.GetEntityTypes(), row =>
        {
            Assert.NotNull(row.FindProperty("ProjectId"));
            Assert.NotNull(row.FindProperty("Author"));
        });
    }

    private async Task<FlowsDb> OpenAsync(StorageKind kind) => kind == StorageKind.Sqlite
        ? new FlowsDb(new DbContextOptionsBuilder<FlowsDb>().UseSqlite("Data Source=:memory:").Options)
        : new PostgresFlowsDb(new DbContextOptionsBuilder<PostgresFlowsDb>().UseNpgsql(await postgres.NewDatabaseAsync()).Options);
}
