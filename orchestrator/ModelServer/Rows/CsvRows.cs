using System.Text;

namespace Flows.ModelServer.Rows;

/// <summary>Reads rows of <c>text/csv</c> with a header line (RFC 4180 quoting).</summary>
internal static class CsvRows
{
    public static FeatureRows Read(RowReader reader, string text)
    {
        var lines = Lines(text).ToList();
        if (lines.Count == 0) throw new RequestFault("the CSV is empty: its first line must name the columns");
        var header = lines[0];
        reader.RequireColumns(header.Contains);
        var places = reader.Features.Select(feature => header.IndexOf(feature.Name)).ToArray();
        var rows = new FeatureRows(reader.Features, lines.Count - 1);
        for (var row = 0; row < rows.Count; row++)
        {
            if (lines[row + 1].Count != header.Count)
                throw new RequestFault($"row {row} of the CSV has {lines[row + 1].Count} values, its header {header.Count}");
            for (var i = 0; i < places.Length; i++) rows.Put(row, i, lines[row + 1][places[i]]);
        }
        return rows;
    }

    private static IEnumerable<List<string>> Lines(string text)
    {
        var line = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"') cell.Append(text[i++]);
            else if (c == '"') quoted = !quoted;
            else if (quoted || c is not (',' or '\n' or '\r')) cell.Append(c);
            else if (c == ',') EndCell();
            else if (c == '\n')
            {
                if (line.Count > 0 || cell.Length > 0) yield return EndLine();
            }
        }
        if (quoted) throw new RequestFault("the CSV ends inside a quoted value");
        if (line.Count > 0 || cell.Length > 0) yield return EndLine();

        void EndCell()
        {
            line.Add(cell.ToString());
            cell.Clear();
        }

        List<string> EndLine()
        {
            EndCell();
            var done = line;
            line = [];
            return done;
        }
    }
}
