using Flows.Designer.Canvas;

namespace Flows.Designer.Inspector.Code;

/// <summary>The tables that a query can read, and their columns.</summary>
internal static class SqlWords
{
    // Its first table is called so, whatever the port's name.
    private const string FirstPort = "table", FirstTable = "input";

    public static IEnumerable<CodeWord> Of(EditorSession session, CanvasNode node)
    {
        foreach (var (port, columns) in CodeWords.Tables(session, node))
        {
            var table = port == FirstPort ? FirstTable : port;
            yield return new(table, "type", columns.Count > 0 ? $"table, {columns.Count} columns" : "table");
            foreach (var column in columns)
            {
                yield return new(column.Name, "property", $"{table} · {column.Type.ToLowerInvariant()}") { Apply = Quoted(column.Name) };
                yield return new(column.Name, "property", column.Type.ToLowerInvariant()) { Apply = Quoted(column.Name), After = [table + "."] };
            }
        }
    }

    private static string Quoted(string name) => name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_') && !char.IsAsciiDigit(name[0]) ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
