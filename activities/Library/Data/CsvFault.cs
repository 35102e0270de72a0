using System.Text;
using DuckDB.NET.Data;
using Flows.Contract.Activities;

namespace Flows.Library.Data;

/// <summary>Says what is wrong with a CSV file that could not be read, so that its author can go to the line.</summary>
internal static class CsvFault
{
    public static ActivityFault Explain(SourceFile file, char separator, int columns, DuckDBException? broken)
    {
        if (Ragged(file, separator, columns) is { } ragged)
            return new ActivityFault($"'{file.Name}', line {ragged.Line}: {Fields(ragged.Fields)} where the first line has {columns}. Mend the line, or quote fields that hold '{separator}' or line breaks.", broken);

        var message = broken?.Message ?? "";
        return message.Contains("unicode", StringComparison.OrdinalIgnoreCase) || message.Contains("utf-8", StringComparison.OrdinalIgnoreCase)
            ? new ActivityFault($"'{file.Name}' is not UTF-8 text. Save it as UTF-8. ({FirstLine(message)})", broken)
            : new ActivityFault($"'{file.Name}' cannot be read as CSV: {FirstLine(message)}", broken);
    }

    private static (long Line, int Fields)? Ragged(SourceFile file, char separator, int columns)
    {
        try
        {
            using var text = new StreamReader(file.OpenText(), Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16);
            return CsvText.FirstRagged(text, separator, columns);
        }
        catch (InvalidDataException broken)
        {
            throw new ActivityFault($"'{file.Name}' is a damaged gzip file: {broken.Message}", broken);
        }
    }

    private static string Fields(int count) => count == 1 ? "1 field" : $"{count} fields";

    private static string FirstLine(string message) => message.Split('\n')[0];
}
