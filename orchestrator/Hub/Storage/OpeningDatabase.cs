using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;

namespace Flows.Hub.Storage;

/// <summary>
/// The database, opened while the rest of the server is put together: half of a start is making its model, and that
/// needs nothing of the server. So it has no logger either: what it would warn of is what a programmer reads.
/// </summary>
public sealed class OpeningDatabase : IDbContextFactory<FlowsDb>
{
    // How long a server that starts waits for a database that starts too.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly SqlitePatience Waiting = new();

    private readonly Task<IDbContextFactory<FlowsDb>> _opened;

    /// <summary>Begins. Without a storage it is a SQLite file of the data folder, which this process owns.</summary>
    public OpeningDatabase(DataFolder data, string? storage)
    {
        (Storage, _opened) = (storage, Task.Run(() => storage is null ? Sqlite(data) : Postgres(storage)));
    }

    /// <summary>Connection string of PostgreSQL; null is the data folder's SQLite.</summary>
    public string? Storage { get; }

    /// <summary>Waits until its tables are there and up to date.</summary>
    /// <exception cref="StorageFault">The database cannot be used; the message says why.</exception>
    public void Wait() => _opened.GetAwaiter().GetResult();

    public FlowsDb CreateDbContext() => _opened.GetAwaiter().GetResult().CreateDbContext();

    private static IDbContextFactory<FlowsDb> Sqlite(DataFolder data)
    {
        var databases = new PooledDbContextFactory<FlowsDb>(new DbContextOptionsBuilder<FlowsDb>().UseSqlite($"Data Source={data.File("flows.db")};Default Timeout=30").AddInterceptors(Waiting).Options);
        using var db = databases.CreateDbContext();
        // A server that was killed while it migrated left its lock, which nobody would ever release. This process alone has the folder.
        db.Database.ExecuteSqlRaw("DROP TABLE IF EXISTS \"__EFMigrationsLock\"");
        Schema.BringUpToDate(db);
        db.Database.ExecuteSqlRaw("PRAGMA journal_mode=WAL");
        return databases;
    }

    private static PostgresFlowsDb.Factory Postgres(string storage)
    {
        var databases = new PostgresFlowsDb.Factory(new PooledDbContextFactory<PostgresFlowsDb>(
            new DbContextOptionsBuilder<PostgresFlowsDb>().UseNpgsql(Checked(storage), postgres => postgres.ExecutionStrategy(context => new PatientStrategy(context))).Options));
        using var db = databases.CreateDbContext();
        Migrate(db);
        return databases;
    }

    private static string Checked(string connection)
    {
        try { return Quick(new NpgsqlConnectionStringBuilder(connection) { ApplicationName = "flows" }); }
        catch (ArgumentException wrong) { throw new StorageFault($"The storage is not a PostgreSQL connection string such as \"Host=db;Database=flows;Username=flows;Password=…\": {wrong.Message}", wrong); }
    }

    // No statement of ours leaves anything behind in its session: clearing that would cost each use of a connection as much as a statement.
    private static string Quick(NpgsqlConnectionStringBuilder connection)
    {
        connection.NoResetOnClose = true;
        // A pooler in between may not bear prepared statements: what the storage says counts.
        if (!connection.ShouldSerialize("Max Auto Prepare")) connection.MaxAutoPrepare = 100;
        return connection.ConnectionString;
    }

    private static void Migrate(FlowsDb db)
    {
        var began = TimeProvider.System.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                PostgresMigration.Run(db);
                return;
            }
            catch (Exception broken) when (PassingFault.Is(broken) && TimeProvider.System.GetElapsedTime(began) < Patience)
            {
                Task.Delay(PassingFault.Pause(attempt)).Wait();
            }
            catch (Exception broken) when (broken is NpgsqlException or { InnerException: NpgsqlException })
            {
                throw new StorageFault($"The PostgreSQL storage cannot be opened: {(broken as NpgsqlException ?? broken.InnerException!).Message}", broken);
            }
        }
    }
}

/// <summary>The storage that the server was told to use cannot be used.</summary>
public sealed class StorageFault(string message, Exception? cause) : Exception(message, cause);
