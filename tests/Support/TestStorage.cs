using Flows.Hub;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Tests.Support;

/// <summary>The storages that every store has to behave the same on.</summary>
public enum StorageKind { Sqlite, Postgres }

/// <summary>An empty storage of one kind, for as long as a test runs.</summary>
public sealed class TestStorage : IDbContextFactory<FlowsDb>, IDisposable
{
    private TestStorage(string? connection) => Connection = connection;

    public string Folder { get; } = Directory.CreateTempSubdirectory("flows-storage-").FullName;

    /// <summary>What <see cref="HubOptions.Storage"/> takes.</summary>
    public string? Connection { get; }

    public HubOptions Options => new() { Storage = Connection };

    public static async Task<TestStorage> NewAsync(StorageKind kind, PostgresServer postgres) =>
        new(kind == StorageKind.Postgres ? await postgres.NewDatabaseAsync() : null);

    public IJournal OpenJournal() => Connection is null ? new SqliteJournal(Path.Combine(Folder, "journal.db")) : new PostgresJournal(Connection);

    /// <summary>Its rows, while no server has it.</summary>
    public FlowsDb CreateDbContext() => Connection is null
        ? new FlowsDb(new DbContextOptionsBuilder<FlowsDb>().UseSqlite($"Data Source={Path.Combine(Folder, "flows.db")}").Options)
        : new PostgresFlowsDb(new DbContextOptionsBuilder<PostgresFlowsDb>().UseNpgsql(Connection).Options);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
