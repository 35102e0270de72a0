using System.Data.Common;
using DuckDB.NET.Data;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;

namespace Flows.Library.Data;

/// <summary>A DuckDB database in memory for one step: Parquet files in as views, query results out as Parquet files.</summary>
public sealed class TableDatabase : IDisposable
{
    private readonly DuckDBConnection _connection;
    private readonly string _spill;

    /// <param name="spill">Folder for what does not fit into memory.</param>
    /// <param name="memoryMegabytes">Limit of DuckDB's own memory, 64 to 1,048,576.</param>
    /// <param name="threads">0 for one per core.</param>
    public TableDatabase(string spill, int memoryMegabytes = 1024, int threads = 0)
    {
        _spill = Path.GetFullPath(spill);
        _connection = new DuckDBConnection("DataSource=:memory:");
        _connection.Open();
        Execute($"SET memory_limit='{memoryMegabytes}MB'; SET temp_directory={Sql.Text(Path.Combine(_spill, "spill"))}; SET autoinstall_known_extensions=false; SET enable_progress_bar=false");
        if (threads > 0) Execute($"SET threads={threads}");
    }

    public void AddParquet(string name, string path) => Execute($"CREATE VIEW {Sql.Name(name)} AS SELECT * FROM read_parquet({Sql.Text(path)})");

    /// <summary>From here on, statements reach these files and the spill folder and nothing else: no other file, no network, no setting.</summary>
    public void Close(IEnumerable<string> paths) => Execute(
        $"SET allowed_paths=[{string.Join(", ", paths.Select(Sql.Text))}]; SET allowed_directories=[{Sql.Text(_spill)}]; SET enable_external_access=false; SET lock_configuration=true");

    /// <summary>Runs a statement; cancelling interrupts DuckDB.</summary>
    public void Execute(string sql, CancellationToken cancellation = default)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        Interruptible(command, () => command.ExecuteNonQuery(), cancellation);
    }

    public T Read<T>(string sql, Func<DbDataReader, T> read, CancellationToken cancellation = default)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        return Interruptible(command, () =>
        {
            using var rows = command.ExecuteReader();
            return read(rows);
        }, cancellation);
    }

    public long Count(string query, CancellationToken cancellation = default) => Read($"SELECT count(*) FROM ({query}\n)", rows =>
    {
        rows.Read();
        return rows.GetInt64(0);
    }, cancellation);

    public IReadOnlyList<TableColumn> Columns(string query) => Read($"DESCRIBE {query}", rows =>
    {
        var columns = new List<TableColumn>();
        while (rows.Read()) columns.Add(new TableColumn(rows.GetString(0), rows.GetString(1)));
        return columns;
    });

    /// <summary>Writes a query's rows, in their order, as a Parquet file.</summary>
    public void WriteParquet(string query, string path, CancellationToken cancellation = default) =>
        Execute($"COPY (\n{query}\n) TO {Sql.Text(path)} (FORMAT parquet, COMPRESSION zstd)", cancellation);

    public void Dispose() => _connection.Dispose();

    private static T Interruptible<T>(DuckDBCommand command, Func<T> run, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var interrupt = cancellation.Register(command.Cancel);
        try
        {
            return run();
        }
        catch (DuckDBException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
    }
}

/// <summary>Quoting for DuckDB.</summary>
public static class Sql
{
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"")}\"";

    public static string Text(string text) => $"'{text.Replace("'", "''")}'";
}
