using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;
using Flows.Contract.Artifacts;
using Flows.Library.Data;

namespace Flows.Hub.Artifacts;

/// <summary>First rows of a table and a profile of each column. Past <see cref="ProfiledRows"/> rows the profile is of the first ones.</summary>
internal sealed class TableProfile(string path, string work)
{
    public const int SampleRows = 100;
    public const int ProfiledColumns = 200;
    public const int ProfiledRows = 2_000_000;
    private const int Bins = 20;
    private const int TopValues = 10;
    private const int CellLength = 500;

    private readonly string _source = $"SELECT * FROM read_parquet({Sql.Text(path)})";

    public ArtifactPreview Read(CancellationToken cancellation)
    {
        using var database = new TableDatabase(work, memoryMegabytes: 512);
        var columns = database.Columns(_source);
        database.Execute($"CREATE VIEW profiled AS {_source} LIMIT {ProfiledRows}", cancellation);
        return new ArtifactPreview("Table")
        {
            Rows = database.Count(_source, cancellation),
            Columns = [.. columns.Take(ProfiledColumns).Select(column => Profile(database, column, cancellation))],
            Sample = database.Read($"{_source} LIMIT {SampleRows}", rows => Sample(rows, columns.Count), cancellation),
        };
    }

    private static ColumnPreview Profile(TableDatabase database, TableColumn column, CancellationToken cancellation)
    {
        var name = Sql.Name(column.Name);
        var (missing, distinct, minimum, maximum) = database.Read(
            $"SELECT count(*) - count({name}), approx_count_distinct({name}), min({name})::VARCHAR, max({name})::VARCHAR FROM profiled", rows =>
            {
                rows.Read();
                return (rows.GetInt64(0), rows.GetInt64(1), Cut(Text(rows, 2)), Cut(Text(rows, 3)));
            }, cancellation);
        if (distinct <= 10_000) distinct = database.Count($"SELECT DISTINCT {name} FROM profiled WHERE {name} IS NOT NULL", cancellation);
        return new ColumnPreview(column.Name, column.Type, missing, distinct, minimum, maximum, Histogram(database, column, distinct, cancellation));
    }

    private static List<HistogramBin> Histogram(TableDatabase database, TableColumn column, long distinct, CancellationToken cancellation) =>
        IsNumber(column.Type) && distinct > 2 ? NumberBins(database, Sql.Name(column.Name), cancellation) : FrequentValues(database, Sql.Name(column.Name), cancellation);

    private static List<HistogramBin> NumberBins(TableDatabase database, string name, CancellationToken cancellation)
    {
        var finite = $"SELECT {name}::DOUBLE AS v FROM profiled WHERE {name} IS NOT NULL AND isfinite({name}::DOUBLE)";
        var (low, high) = database.Read($"SELECT min(v), max(v) FROM ({finite})", rows => rows.Read() && !rows.IsDBNull(0) ? (rows.GetDouble(0), rows.GetDouble(1)) : (0d, 0d), cancellation);
        if (high <= low) return FrequentValues(database, name, cancellation);

        var width = (high - low) / Bins;
        var counts = new long[Bins];
        var query = string.Create(CultureInfo.InvariantCulture, $"SELECT least({Bins - 1}, floor((v - {low:R}::DOUBLE) / {width:R}::DOUBLE))::INTEGER AS bin, count(*) FROM ({finite}) GROUP BY bin");
        database.Read(query, rows =>
        {
            while (rows.Read()) counts[Math.Clamp(rows.GetInt32(0), 0, Bins - 1)] = rows.GetInt64(1);
            return true;
        }, cancellation);
        return [.. counts.Select((count, bin) => new HistogramBin(string.Create(CultureInfo.InvariantCulture, $"{low + bin * width:G4} – {low + (bin + 1) * width:G4}"), count))];
    }

    private static List<HistogramBin> FrequentValues(TableDatabase database, string name, CancellationToken cancellation) => database.Read(
        $"SELECT {name}::VARCHAR AS v, count(*) AS n FROM profiled WHERE {name} IS NOT NULL GROUP BY v ORDER BY n DESC, v LIMIT {TopValues}", rows =>
        {
            var bins = new List<HistogramBin>();
            while (rows.Read()) bins.Add(new HistogramBin(Cut(rows.GetString(0))!, rows.GetInt64(1)));
            return bins;
        }, cancellation);

    private static List<JsonArray> Sample(DbDataReader rows, int columns)
    {
        var sample = new List<JsonArray>();
        while (rows.Read()) sample.Add(new JsonArray([.. Enumerable.Range(0, columns).Select(column => TableCell.ToJson(rows, column, CellLength))]));
        return sample;
    }

    private static bool IsNumber(string type) => type is "DOUBLE" or "FLOAT" or "REAL" or "HUGEINT" or "UHUGEINT"
        || type.EndsWith("INT", StringComparison.Ordinal) || type.EndsWith("INTEGER", StringComparison.Ordinal) || type.StartsWith("DECIMAL", StringComparison.Ordinal);

    private static string? Text(DbDataReader rows, int column) => rows.IsDBNull(column) ? null : rows.GetString(column);

    private static string? Cut(string? text) => text is { Length: > 200 } ? text[..200] + "…" : text;
}
