using Flows.Hub.Deployments.Environments;
using Flows.Hub.Storage;
using Flows.Tests.Architecture;
using Flows.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Flows.Tests.Runs;

public sealed class MigrationTests(PostgresServer postgres)
{
    // A new migration need not write the script anew; it costs the first start on a new database some hundredths of a second.
    private const int MostBehind = 5;

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

    [Theory]
    [InlineData(StorageKind.Sqlite, "Migrations")]
    [InlineData(StorageKind.Postgres, "PostgresMigrations")]
    public async Task The_script_for_new_databases_is_what_the_migrations_do(StorageKind kind, string folder)
    {
        await using var db = await OpenAsync(kind);
        var (file, migrations, all) = (Path.Combine(SourceTree.Root, "orchestrator", "Hub", "Storage", folder, "all.sql"), db.GetService<IMigrator>(), db.Database.GetMigrations().ToList());
        if (Environment.GetEnvironmentVariable("FLOWS_TESTS_WRITE") == "1") await File.WriteAllTextAsync(file, Script(all[^1]));
        var script = await File.ReadAllTextAsync(file);

        var last = all.FindLastIndex(id => script.Contains($"'{id}'", StringComparison.Ordinal));

        Assert.True(last >= all.Count - 1 - MostBehind, $"a new database is migrated {all.Count - 1 - last} times at its first start: FLOWS_TESTS_WRITE=1 ./test -class '*MigrationTests' writes the script anew");
        Assert.Equal(Script(all[last]), script);

        string Script(string upTo) => migrations.GenerateScript(Migration.InitialDatabase, upTo, MigrationsSqlGenerationOptions.Script | MigrationsSqlGenerationOptions.NoTransactions).ReplaceLineEndings("\n");
    }

    [Fact]
    public async Task A_database_of_an_older_program_gets_the_migrations_that_it_has_not()
    {
        var data = Directory.CreateTempSubdirectory("flows-older-").FullName;
        await using (var older = new FlowsDb(new DbContextOptionsBuilder<FlowsDb>().UseSqlite($"Data Source={Path.Combine(data, "flows.db")};Pooling=False").Options))
            await older.GetService<IMigrator>().MigrateAsync(older.Database.GetMigrations().First());

        await using (var next = await TestHub.StartAsync(data)) await next.HealthyAsync();

        await using (var now = new FlowsDb(new DbContextOptionsBuilder<FlowsDb>().UseSqlite($"Data Source={Path.Combine(data, "flows.db")};Pooling=False").Options))
            Assert.Equal(now.Database.GetMigrations(), await now.Database.GetAppliedMigrationsAsync());
        Directory.Delete(data, recursive: true);
    }

    [Theory]
    [InlineData(StorageKind.Sqlite, "[]")]
    [InlineData(StorageKind.Postgres, "{}")]
    public async Task Environments_of_an_older_program_name_no_groups(StorageKind kind, string nobody)
    {
        await using var db = await OpenAsync(kind);
        await db.Database.OpenConnectionAsync();
        await db.GetService<IMigrator>().MigrateAsync(db.Database.GetMigrations().Single(id => id.EndsWith("_OutsideLineage", StringComparison.Ordinal)));
        await using (var insert = db.Database.GetDbConnection().CreateCommand())
        {
            insert.CommandText = $"INSERT INTO environments (\"ProjectId\", \"Name\", \"Author\", \"Role\", \"People\") VALUES ('default', 'old', 'local', 2, '{nobody}')";
            await insert.ExecuteNonQueryAsync();
        }

        await db.Database.MigrateAsync();

        Assert.Empty((await db.Set<EnvironmentRow>().SingleAsync()).Groups);
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
