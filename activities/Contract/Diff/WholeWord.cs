using System.Text;

namespace Flows.Contract.Diff;

/// <summary>Replaces a name in an expression where it is the end of a word: <c>getOutputFromSplit2()</c> and <c>variables.split2Train</c>, not <c>split21</c>.</summary>
internal static class WholeWord
{
    public static string Replace(string text, string word, string fresh)
    {
        var made = new StringBuilder();
        var at = 0;
        for (var found = text.IndexOf(word, StringComparison.Ordinal); found >= 0; found = text.IndexOf(word, found + word.Length, StringComparison.Ordinal))
        {
            if (!EndsHere(text, found + word.Length) || !BeginsHere(text, found)) continue;
            made.Append(text, at, found - at).Append(fresh);
            at = found + word.Length;
        }
        return made.Append(text, at, text.Length - at).ToString();
    }

    private static bool EndsHere(string text, int end) => end == text.Length || !(char.IsLetterOrDigit(text[end]) || text[end] == '_');

    private static bool BeginsHere(string text, int start) =>
        start == 0 || !(char.IsLetterOrDigit(text[start - 1]) || text[start - 1] == '_')
        || text.AsSpan(0, start).EndsWith("getOutputFrom", StringComparison.Ordinal)
        || text.AsSpan(0, start).EndsWith("getVariable", StringComparison.Ordinal) || text.AsSpan(0, start).EndsWith("get", StringComparison.Ordinal);
}
