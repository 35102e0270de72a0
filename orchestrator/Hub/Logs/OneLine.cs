using System.Text;

namespace Flows.Hub.Logs;

/// <summary>Somebody's text as part of one line: it begins no line of its own, and gives a terminal no commands.</summary>
public static class OneLine
{
    /// <summary>
    /// Control characters become their pictures (<c>␊</c>, <c>␛</c>). Unicode's separators of lines and paragraphs, further controls, and marks
    /// that turn the direction of what follows become <c>�</c>.
    /// </summary>
    public static string Of(string text) => text.Any(IsHostile) ? string.Concat(text.Select(Shown)) : text;

    /// <summary>The lines of a text, each by itself.</summary>
    public static IEnumerable<string> Each(string text) => text.Split('\n').Select(line => Of(line.TrimEnd('\r')));

    private static bool IsHostile(char letter) => char.IsControl(letter) && letter != '\t' || letter is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    private static char Shown(char letter) => !IsHostile(letter) ? letter : letter switch
    {
        < ' ' => (char)('\u2400' + letter),
        '\u007f' => '\u2421',
        _ => '\ufffd',
    };
}
