using System.Data.Common;
using Flows.Hub.Storage;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Flows.Hub.Tracking;

/// <summary>Where tracking data lies: a SQLite file of its own, beside the journal's, or tables of the PostgreSQL that orchestrators share.</summary>
public interface ITrackingDatabase : IAsyncDisposable
{
    DbConnection Open();

    /// <summary>Keeps other processes from the tracking data of runs until the transaction ends.</summary>
    void Hold(DbTransaction transaction, IEnumerable<string> runIds);
}

/// <summary><c>tracking.db</c> of a data folder that one process has.</summary>
public sealed class SqliteTracking : ITrackingDatabase
{
    private readonly string _source;

    public SqliteTracking(string file)
    {
        _source = $"Data Source={file};Default Timeout=30";
        using var connection = Open();
        using var create = connection.CreateCommand();
        create.CommandText = "PRAGMA journal_mode=WAL; " + TrackingTables.Create("BLOB");
        create.ExecuteNonQuery();
    }

    public DbConnection Open()
    {
        var connection = new SqliteConnection(_source);
        connection.Open();
        return connection;
    }

    // One thread of one process writes.
    public void Hold(DbTransaction transaction, IEnumerable<string> runIds) { }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Tables of a PostgreSQL database.</summary>
public sealed class PostgresTracking : ITrackingDatabase
{
    private readonly NpgsqlDataSource _source;

    public PostgresTracking(string connection)
    {
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { ApplicationName = "flows tracking", MaxPoolSize = 10 });
        PostgresTables.Create(_source, TrackingTables.Create("bytea"));
    }

    public DbConnection Open() => _source.OpenConnection();

    public void Hold(DbTransaction transaction, IEnumerable<string> runIds)
    {
        // Always in the same order, so that two never wait for each other.
        foreach (var run in runIds.Distinct().Order(StringComparer.Ordinal))
        {
            using var hold = transaction.Command("SELECT pg_advisory_xact_lock(hashtextextended(@run, 0))", ("run", "tracking/" + run));
            hold.ExecuteNonQuery();
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
