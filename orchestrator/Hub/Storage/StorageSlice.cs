using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Storage;

/// <summary>Where rows and journals are kept.</summary>
public static class StorageSlice
{
    public static IServiceCollection AddStorage(this IServiceCollection services, DataFolder data)
    {
        services.AddSingleton(data);
        services.AddPooledDbContextFactory<FlowsDb>(options => options.UseSqlite($"Data Source={data.File("flows.db")};Default Timeout=30"));
        services.AddSingleton<IJournal>(_ => new SqliteJournal(data.File("journal.db")));
        return services;
    }

    public static void OpenStorage(this IServiceProvider services)
    {
        using var db = services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContext();
        db.Database.Migrate();
        db.Database.ExecuteSqlRaw("PRAGMA journal_mode=WAL");
    }
}
