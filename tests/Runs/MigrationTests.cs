using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Tests.Runs;

public sealed class MigrationTests
{
    [Fact]
    public async Task Every_change_of_a_row_has_its_migration()
    {
        await using var db = new FlowsDb(new DbContextOptionsBuilder<FlowsDb>().UseSqlite("Data Source=:memory:").Options);
        await db.Database.OpenConnectionAsync();

        await db.Database.MigrateAsync();

        Assert.False(db.Database.HasPendingModelChanges(), "a row type changed: add a migration in orchestrator/Hub/Storage/Migrations");
        Assert.Empty(await db.Database.GetPendingMigrationsAsync());
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
}
