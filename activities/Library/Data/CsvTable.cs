using System.Globalization;
using DuckDB.NET.Data;
using Flows.Contract.Activities;

namespace Flows.Library.Data;

/// <summary>
/// Reads a CSV file strictly: separator, header and types are found out from the file, and a row with another number of
/// fields than the first is an error that names its line, never a silent repair.
/// </summary>
internal sealed class CsvTable(SourceFile file, bool? header, IReadOnlyList<string> names)
{
    /// <summary>A query that gives the file's rows.</summary>
    /// <exception cref="ActivityFault">What is wrong with the file, with the line.</exception>
    public string Query(TableDatabase database)
    {
        var head = file.Head();
        var separator = CsvText.Separator(head);
        var records = CsvText.Records(head, separator).Take(2).ToList();
        if (records.Count == 0) throw new ActivityFault($"'{file.Name}' is empty: it has no header and no rows.");

        var hasHeader = header ?? LooksLikeHeader(records[0]);
        var columns = Columns(records[0], hasHeader);
        return FirstThatReads(database, Reader(separator, hasHeader, columns), columns, separator);
    }

    // Types come from the first rows; a file whose later rows say otherwise is read whole to find them.
    private string FirstThatReads(TableDatabase database, Func<string, string> reader, IReadOnlyList<string> columns, char separator)
    {
        DuckDBException? last = null;
        foreach (var sample in (string[])["20480", "-1"])
        {
            try
            {
                var types = database.Columns(reader($"auto_detect=true, sample_size={sample}, names=[{string.Join(", ", columns.Select(Sql.Text))}]"));
                if (types.Count != columns.Count) break;
                var query = reader($"auto_detect=false, columns={{{string.Join(", ", columns.Zip(types, (name, column) => $"{Sql.Text(name)}: {Sql.Text(column.Type)}"))}}}");
                _ = database.Read($"SELECT count(COLUMNS(*)) FROM ({query})", rows => rows.Read());
                return query;
            }
            catch (DuckDBException broken)
            {
                last = broken;
            }
        }
        throw CsvFault.Explain(file, separator, columns.Count, last);
    }

    private Func<string, string> Reader(char separator, bool hasHeader, IReadOnlyList<string> columns) => how =>
        $"SELECT * FROM read_csv({Sql.Text(file.LocalPath)}, delim={Sql.Text(separator.ToString())}, quote='\"', escape='\"', header={(hasHeader ? "true" : "false")}, "
        + $"compression='{(file.IsGzip ? "gzip" : "none")}', strict_mode=true, null_padding=false, ignore_errors=false, {how})";

    private List<string> Columns(IReadOnlyList<string> first, bool hasHeader)
    {
        if (names.Count > 0 && names.Count != first.Count)
            throw new ActivityFault($"'columnNames' has {names.Count} names, but '{file.Name}' has {first.Count} columns.");

        var wanted = names.Count > 0 ? names : hasHeader ? first : first.Select((_, index) => $"column{index}").ToList();
        var known = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return wanted.Select((name, index) => Unique(string.IsNullOrWhiteSpace(name) ? $"column{index}" : name.Trim(), known)).ToList();
    }

    private static string Unique(string name, HashSet<string> known)
    {
        var unique = name;
        for (var number = 2; !known.Add(unique); number++) unique = $"{name}_{number}";
        return unique;
    }

    private static bool LooksLikeHeader(IReadOnlyList<string> fields) =>
        fields.All(field => field.Trim().Length > 0 && !double.TryParse(field, CultureInfo.InvariantCulture, out _) && !DateTime.TryParse(field, CultureInfo.InvariantCulture, out _))
        && fields.Distinct(StringComparer.OrdinalIgnoreCase).Count() == fields.Count;
}
