using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Storage;

/// <summary>Where rows and journals are kept: SQLite files in the data folder, or a PostgreSQL database.</summary>
public static class StorageSlice
{
    public static IServiceCollection AddStorage(this IServiceCollection services, DataFolder data, OpeningDatabase database)
    {
        services.AddSingleton(data).AddSingleton(new DiskRoom(data.Path)).AddSingleton<IDbContextFactory<FlowsDb>>(database);
        return database.Storage is { } connection ? services.AddPostgres(connection) : services.AddSqlite(data);
    }

    private static IServiceCollection AddSqlite(this IServiceCollection services, DataFolder data) => services
        .AddSingleton<WriteTurn>()
        .AddSingleton<Signals>()
        .AddSingleton<IJournal>(_ => new SqliteJournal(data.File("journal.db")));

    private static IServiceCollection AddPostgres(this IServiceCollection services, string connection) => services
        .AddSingleton<Signals>(_ => new PostgresSignals(connection))
        .AddSingleton<IJournal>(_ => new PostgresJournal(connection));
}
