using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using DuckDB.NET.Data;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Provenance;

namespace Flows.Library.Data;

public enum FileFormat { Auto, Csv, Parquet, Json }

/// <summary>Reads a file into a table and keeps a copy of what it read, so that the rows are still there when the file is not.</summary>
[Activity("Flows.FileSource", "File", Category = "Data", Heavy = true, Repeatable = true, Description = "Reads CSV, CSV.gz, Parquet or JSON, from the flow's files or a web address, into a table.")]
public sealed class FileSource : IActivity
{
    /// <summary>A file of the flow or project, an absolute path where the server allows it, or an http(s) address.</summary>
    [Setting(Required = true, Editor = "file", Description = "A file of the flow, or an http(s) address.")]
    public string Path { get; init; } = "";

    /// <summary>Auto looks at the content, then at the name.</summary>
    [Setting] public FileFormat Format { get; init; } = FileFormat.Auto;

    /// <summary>Whether a CSV file's first row holds names. By default it does when all its fields are distinct texts, none of them a number or empty.</summary>
    [Setting(DisplayName = "First row is a header", Description = "Left open: found out from the file.")]
    public bool? Header { get; init; }

    /// <summary>Names for the columns of a CSV file, separated by commas or line breaks; they replace the header's. Without a header: column0, column1, …</summary>
    [Setting(DisplayName = "Column names", Editor = "multiline", Description = "Separated by commas or line breaks; one for each column.")]
    public string? ColumnNames { get; init; }

    /// <summary>Megabytes of memory for reading, 64 to 1,048,576. Default 1,024; more goes to disk.</summary>
    [Setting(Group = "Advanced", DisplayName = "Memory (MB)"), Range(64, 1_048_576)] public int MemoryLimit { get; init; } = 1024;

    [Output(Type = "Table")] public Artifact? Table { get; private set; }

    public async Task RunAsync(ActivityContext context, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(Path)) throw new ActivityFault("'path' is empty: name a file of the flow or an http(s) address.");

        var file = await SourceFile.OpenAsync(context, Path.Trim(), cancellation);
        var original = await context.Artifacts.PutFileAsync(file.LocalPath, "File", file.Name, cancellation);
        // A web address may give something else tomorrow: what it gave is kept, and noted as a file of the flow is.
        if (file.IsFetched) context.Use(new UsedFile(Path.Trim(), original.Sha256, original.Size));
        using var database = new TableDatabase(context.WorkFolder, MemoryLimit);
        var table = await context.StoreAsync(database, Query(file, database), System.IO.Path.GetFileNameWithoutExtension(file.Stem), cancellation);
        Table = table with { Facts = new JsonObject { ["source"] = Path, ["original"] = original.Sha256, ["readAt"] = context.Time.GetUtcNow().ToString("O") } };
        context.Log.Write(LogLevel.Info, $"Read {file.Name}: {table.Rows:N0} rows, {table.Columns!.Count} columns.");
    }

    private string Query(SourceFile file, TableDatabase database) => (Format is FileFormat.Auto ? file.Format() : Format) switch
    {
        FileFormat.Parquet => Checked(file, database, $"SELECT * FROM read_parquet({Sql.Text(file.LocalPath)})", "Parquet"),
        FileFormat.Json => Checked(file, database, $"SELECT * FROM read_json_auto({Sql.Text(file.LocalPath)}, compression='{(file.IsGzip ? "gzip" : "uncompressed")}', sample_size=-1)", "JSON"),
        _ => new CsvTable(file, Header, Names()).Query(database),
    };

    private IReadOnlyList<string> Names() =>
        ColumnNames?.Split([',', '\n', '\r'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static string Checked(SourceFile file, TableDatabase database, string query, string format)
    {
        try
        {
            _ = database.Count(query);
            return query;
        }
        catch (DuckDBException broken)
        {
            throw new ActivityFault($"'{file.Name}' cannot be read as {format}: {broken.Message.Split('\n')[0]}", broken);
        }
    }
}
