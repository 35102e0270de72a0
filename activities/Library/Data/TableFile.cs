using DuckDB.NET.Data;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;

namespace Flows.Library.Data;

/// <summary>A table is a Parquet file in the artifact store, with its columns and row count in the reference.</summary>
public static class TableFile
{
    public const string MediaType = "application/vnd.apache.parquet";

    /// <summary>Stores a query's rows as a table.</summary>
    public static async Task<Artifact> StoreAsync(this ActivityContext context, TableDatabase database, string query, string name, CancellationToken cancellation)
    {
        var path = Path.Combine(context.WorkFolder, name + ".parquet");
        database.WriteParquet(query, path, cancellation);
        return await context.StoreAsync(path, name, cancellation);
    }

    /// <summary>Stores a Parquet file as a table.</summary>
    public static async Task<Artifact> StoreAsync(this ActivityContext context, string path, string name, CancellationToken cancellation)
    {
        var (rows, columns) = Describe(path, context.WorkFolder);
        var stored = await context.Artifacts.PutFileAsync(path, "Table", name + ".parquet", cancellation);
        return stored with { MediaType = MediaType, Rows = rows, Columns = columns };
    }

    /// <summary>A local path to a table's Parquet file.</summary>
    /// <exception cref="ActivityFault">The artifact is of another kind.</exception>
    public static async Task<string> FetchTableAsync(this ActivityContext context, Artifact table, string port, CancellationToken cancellation) =>
        table.Kind == "Table"
            ? await context.Artifacts.FetchAsync(table, cancellation)
            : throw new ActivityFault($"Input '{port}' needs a table, but '{table.Name}' is a {table.Kind}.");

    /// <summary>A database with one view, <c>rows</c>, over a table.</summary>
    public static async Task<TableDatabase> OpenAsync(this ActivityContext context, Artifact table, string port, CancellationToken cancellation)
    {
        var path = await context.FetchTableAsync(table, port, cancellation);
        var database = new TableDatabase(context.WorkFolder);
        database.AddParquet("rows", path);
        return database;
    }

    /// <exception cref="ActivityFault">The table has no such column; the message lists those it has.</exception>
    public static void Require(this Artifact table, string column, string setting)
    {
        var columns = table.Columns ?? [];
        if (columns.All(known => known.Name != column))
            throw new ActivityFault($"'{setting}' names the column '{column}', which the table does not have. Its columns are: {string.Join(", ", columns.Select(known => known.Name).Take(40))}{(columns.Count > 40 ? ", …" : "")}.");
    }

    private static (long Rows, IReadOnlyList<TableColumn> Columns) Describe(string path, string spill)
    {
        try
        {
            using var database = new TableDatabase(spill);
            var query = $"SELECT * FROM read_parquet({Sql.Text(path)})";
            return (database.Count(query), database.Columns(query));
        }
        catch (DuckDBException broken)
        {
            throw new ActivityFault($"'{Path.GetFileName(path)}' cannot be read as Parquet: {broken.Message.Split('\n')[0]}", broken);
        }
    }
}
