using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;

namespace Flows.Library.Data;

/// <summary>
/// Splits a table into a training and a test part. Which part a row goes to depends on the seed and its place in the table
/// alone (rows are ranked by MD5 of both), so that the same table splits the same way on every machine and thread count.
/// </summary>
[Activity("Flows.SplitRows", "Split rows", Category = "Data", Heavy = true, Cacheable = true, Description = "Splits a table into a training and a test part, row by row, reproducibly.")]
public sealed class SplitRows : IActivity
{
    [Input(Type = "Table")] public required Artifact Rows { get; init; }

    /// <summary>Share of rows that go to the training part, 0.05 to 0.95. Default 0.8.</summary>
    [Setting(DisplayName = "Training share"), Range(0.05, 0.95)] public double TrainShare { get; init; } = 0.8;

    /// <summary>Column whose shares are kept equal in both parts; none by default.</summary>
    [Setting(Editor = "column", DisplayName = "Stratify by")] public string? StratifyBy { get; init; }

    [Setting] public int Seed { get; init; } = 1;

    [Output(Type = "Table")] public Artifact? Train { get; private set; }

    [Output(Type = "Table")] public Artifact? Test { get; private set; }

    public async Task RunAsync(ActivityContext context, CancellationToken cancellation)
    {
        if (!string.IsNullOrEmpty(StratifyBy)) Rows.Require(StratifyBy, "stratifyBy");

        var path = await context.FetchTableAsync(Rows, "rows", cancellation);
        using var database = new TableDatabase(context.WorkFolder);
        database.Execute(Ranked(path, context.Begin(Seed)), cancellation);
        Train = await context.StoreAsync(database, Part("place <= train"), "train", cancellation);
        Test = await context.StoreAsync(database, Part("place > train"), "test", cancellation);
        context.Log.Write(LogLevel.Info, $"{Train.Rows:N0} rows for training, {Test.Rows:N0} for testing.");
    }

    // A stratum of two or more rows gives at least one to each part.
    private string Ranked(string path, long seed)
    {
        var group = string.IsNullOrEmpty(StratifyBy) ? "" : $"PARTITION BY {Sql.Name(StratifyBy)}";
        var share = TrainShare.ToString("R", CultureInfo.InvariantCulture);
        return $"""
            CREATE TABLE parts AS
            WITH source AS (SELECT * FROM read_parquet({Sql.Text(path)}, file_row_number=true)),
            ranked AS (SELECT file_row_number AS row, count(*) OVER ({group}) AS size,
                row_number() OVER ({group} ORDER BY md5('{seed}:' || file_row_number), file_row_number) AS place FROM source)
            SELECT row, place, CASE WHEN size = 1 THEN 1 ELSE greatest(1, least(size - 1, round(size * {share})::BIGINT)) END AS train FROM ranked;
            CREATE VIEW source AS SELECT * FROM read_parquet({Sql.Text(path)}, file_row_number=true)
            """;
    }

    private static string Part(string condition) =>
        $"SELECT source.* EXCLUDE (file_row_number) FROM source JOIN parts ON parts.row = source.file_row_number WHERE {condition} ORDER BY source.file_row_number";
}
