using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Storage;

/// <summary>The same rows on PostgreSQL. A type of its own, so that its migrations are a set of their own.</summary>
public sealed class PostgresFlowsDb(DbContextOptions<PostgresFlowsDb> options) : FlowsDb(options)
{
    public override bool IsShared => true;

    // Texts are compared by their bytes, as SQLite does: the order of ids does not depend on the database's language.
    protected override void ConfigureConventions(ModelConfigurationBuilder conventions)
    {
        base.ConfigureConventions(conventions);
        conventions.Properties<string>().UseCollation("C");
    }

    internal sealed class Factory(IDbContextFactory<PostgresFlowsDb> pool) : IDbContextFactory<FlowsDb>
    {
        public FlowsDb CreateDbContext() => pool.CreateDbContext();
    }
}
