using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Flows.Hub.Storage;

/// <summary>Where rows and journals are kept: SQLite files in the data folder, or a PostgreSQL database.</summary>
public static class StorageSlice
{
    // How long a server that starts waits for a database that starts too.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly SqlitePatience Waiting = new();

    public static IServiceCollection AddStorage(this IServiceCollection services, DataFolder data, HubOptions options)
    {
        services.AddSingleton(data);
        services.AddSingleton(new DiskRoom(data.Path));
        return options.Storage is { } connection ? services.AddPostgres(connection) : services.AddSqlite(data);
    }

    /// <exception cref="StorageFault">The database cannot be used; the message says why.</exception>
    public static void OpenStorage(this IServiceProvider services)
    {
        using var db = services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContext();
        if (db is PostgresFlowsDb)
        {
            OpenPostgres(db);
            return;
        }
        // A server that was killed while it migrated left its lock, which nobody would ever release. This process alone has the folder.
        db.Database.ExecuteSqlRaw("DROP TABLE IF EXISTS \"__EFMigrationsLock\"");
        Schema.BringUpToDate(db);
        db.Database.ExecuteSqlRaw("PRAGMA journal_mode=WAL");
    }

    private static IServiceCollection AddSqlite(this IServiceCollection services, DataFolder data) => services
        .AddPooledDbContextFactory<FlowsDb>(options => options.UseSqlite($"Data Source={data.File("flows.db")};Default Timeout=30").AddInterceptors(Waiting))
        .AddSingleton<WriteTurn>()
        .AddSingleton<Signals>()
        .AddSingleton<IJournal>(_ => new SqliteJournal(data.File("journal.db")));

    private static IServiceCollection AddPostgres(this IServiceCollection services, string connection) => services
        .AddPooledDbContextFactory<PostgresFlowsDb>(options => options.UseNpgsql(Checked(connection), postgres => postgres.ExecutionStrategy(context => new PatientStrategy(context))))
        .AddSingleton<IDbContextFactory<FlowsDb>, PostgresFlowsDb.Factory>()
        .AddSingleton<Signals>(_ => new PostgresSignals(connection))
        .AddSingleton<IJournal>(_ => new PostgresJournal(connection));

    private static string Checked(string connection)
    {
        try { return new NpgsqlConnectionStringBuilder(connection) { ApplicationName = "flows" }.ConnectionString; }
        catch (ArgumentException wrong) { throw new StorageFault($"The storage is not a PostgreSQL connection string such as \"Host=db;Database=flows;Username=flows;Password=…\": {wrong.Message}", wrong); }
    }

    private static void OpenPostgres(FlowsDb db)
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
