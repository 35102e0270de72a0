using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;

namespace Flows.Library.Data;

/// <summary>
/// One SQL query (DuckDB) over its input tables: the first is called <c>input</c>, further ones by the names of their ports.
/// The query sees these tables and nothing else: no file, no network.
/// </summary>
[Activity("Flows.SqlTransform", "SQL", Category = "Data", Heavy = true, Cacheable = true, DynamicInputs = true,
    Description = "A query over the input tables: 'input', and further tables by the names of their ports.")]
public sealed partial class SqlTransform : IActivity
{
    /// <summary>The table that the query calls <c>input</c>.</summary>
    [Input(Type = "Table", Required = false, DisplayName = "Input")] public Artifact? Table { get; init; }

    [Setting(Required = true, Editor = "sql", DisplayName = "SQL", Description = "One SELECT, for example: select * from input where amount > 0")]
    public string Sql { get; init; } = "";

    /// <summary>Megabytes of memory for the query, 64 to 1,048,576. Default 1,024; more goes to disk.</summary>
    [Setting(Group = "Advanced", DisplayName = "Memory (MB)"), Range(64, 1_048_576)] public int MemoryLimit { get; init; } = 1024;

    [Output(Type = "Table")] public Artifact? Result { get; private set; }

    public async Task RunAsync(ActivityContext context, CancellationToken cancellation)
    {
        var query = Sql.Trim().TrimEnd(';').TrimEnd();
        if (query.Length == 0) throw new ActivityFault("'sql' is empty: write a query, for example: select * from input");

        using var database = new TableDatabase(context.WorkFolder, MemoryLimit);
        await LoadAsync(context, database, cancellation);
        var path = System.IO.Path.Combine(context.WorkFolder, "result.parquet");
        Run(database, query, path, cancellation);
        Result = await context.StoreAsync(path, "result", cancellation);
        context.Log.Write(LogLevel.Info, $"{Result.Rows:N0} rows, {Result.Columns!.Count} columns.");
    }

    private async Task LoadAsync(ActivityContext context, TableDatabase database, CancellationToken cancellation)
    {
        var paths = new List<string>();
        foreach (var (name, table) in Tables(context))
        {
            var path = await context.FetchTableAsync(table, name, cancellation);
            database.AddParquet(name, path);
            paths.Add(path);
        }
        database.Close(paths);
    }

    private IEnumerable<(string Name, Artifact Table)> Tables(ActivityContext context)
    {
        if (Table is not null) yield return ("input", Table);
        foreach (var (name, value) in context.Inputs)
        {
            if (name != "table" && Artifact.From(value) is { } table) yield return (name, table);
        }
    }

    private static void Run(TableDatabase database, string query, string path, CancellationToken cancellation)
    {
        try
        {
            database.WriteParquet(query, path, cancellation);
        }
        catch (DuckDBException broken)
        {
            throw new ActivityFault($"The query failed: {LineOfAuthor(broken.Message)}", broken);
        }
    }

    // The query starts on the second line of the statement around it.
    private static string LineOfAuthor(string message) =>
        Line().Replace(message, match => $"line {Math.Max(1, int.Parse(match.Groups[1].Value) - 1)}:").Trim();

    [GeneratedRegex(@"LINE (\d+):")]
    private static partial Regex Line();
}
