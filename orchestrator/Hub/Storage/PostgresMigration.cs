using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Flows.Hub.Storage;

/// <summary>
/// Makes and migrates the database at the start. Orchestrators that start at once do it one after the other; those that
/// are up work on meanwhile, so that a migration may add but not change what the version before reads and writes.
/// </summary>
internal static class PostgresMigration
{
    // Any number, the same in every orchestrator.
    private const long MigrationLock = 0x666c6f7775;

    public static void Run(FlowsDb db)
    {
        Create(db.GetService<IRelationalDatabaseCreator>());
        using var held = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(db.Database.GetConnectionString()) { ApplicationName = "flows migration", Pooling = false, CommandTimeout = 0 }.ConnectionString);
        held.Open();
        using var take = new NpgsqlCommand($"SELECT pg_advisory_lock({MigrationLock})", held);
        take.ExecuteNonQuery();
        Schema.BringUpToDate(db);
    }

    private static void Create(IRelationalDatabaseCreator creator)
    {
        try
        {
            if (!creator.Exists()) creator.Create();
        }
        catch (PostgresException another) when (another.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation) { /* another one made it at this moment */ }
    }
}
