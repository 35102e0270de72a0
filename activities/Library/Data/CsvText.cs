using System.Text;

namespace Flows.Library.Data;

/// <summary>RFC 4180 text: fields by a separator, quoted fields with doubled quotes and line breaks inside.</summary>
internal static class CsvText
{
    private static readonly char[] Separators = [',', ';', '\t', '|'];

    /// <summary>The separator that the first record holds most often outside of quotes; a comma when it holds none.</summary>
    public static char Separator(string text)
    {
        var counts = new int[Separators.Length];
        var quoted = false;
        foreach (var c in text.TrimStart('\r', '\n'))
        {
            if (c == '"') quoted = !quoted;
            else if (!quoted && c is '\n' or '\r') break;
            else if (!quoted && Array.IndexOf(Separators, c) is >= 0 and var index) counts[index]++;
        }
        return Separators[Array.IndexOf(counts, counts.Max())];
    }

    /// <summary>Records of a text, blank lines left out. One that is cut off at the end is given as far as it goes.</summary>
    public static IEnumerable<IReadOnlyList<string>> Records(string text, char separator)
    {
        var (fields, field, quoted) = (new List<string>(), new StringBuilder(), false);
        foreach (var c in text.Append('\n'))
        {
            if (c == '"') quoted = !quoted;
            else if (quoted) field.Append(c);
            else if (c == separator) Take();
            else if (c == '\n')
            {
                Take();
                if (fields.Count > 1 || fields[0].Length > 0) yield return fields;
                fields = [];
            }
            else if (c != '\r') field.Append(c);
        }

        void Take()
        {
            fields.Add(field.ToString());
            field.Clear();
        }
    }

    /// <summary>The first record with another number of fields than expected, with the line it starts on, from 1; null when there is none.</summary>
    public static (long Line, int Fields)? FirstRagged(TextReader text, char separator, int expected)
    {
        var (line, start, fields, quoted, blank) = (1L, 1L, 1, false, true);
        for (int next; (next = text.Read()) >= 0;)
        {
            var c = (char)next;
            if (c == '"') (quoted, blank) = (!quoted, false);
            else if (c == separator && !quoted) (fields, blank) = (fields + 1, false);
            else if (c == '\n')
            {
                line++;
                if (quoted) continue;
                if (!blank && fields != expected) return (start, fields);
                (start, fields, blank) = (line, 1, true);
            }
            else if (c != '\r') blank = false;
        }
        return !blank && fields != expected ? (start, fields) : null;
    }
}
