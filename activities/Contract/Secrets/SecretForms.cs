using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Flows.Contract.Secrets;

/// <summary>The ways in which a secret's value may be written: as it is, in JSON, in an address, in base64 (also in the middle of a longer text), in hex.</summary>
internal static class SecretForms
{
    // What programs that wrap base64 write in a line.
    private static readonly int[] Wraps = [76, 64];

    /// <summary>Forms of the whole value.</summary>
    public static IEnumerable<string> Whole(string value)
    {
        foreach (var text in new[] { value, value.Trim() }.Distinct())
        {
            yield return text;
            foreach (var escaped in Escaped(text)) yield return escaped;
            var bytes = Encoding.UTF8.GetBytes(text);
            yield return Convert.ToHexString(bytes);
            yield return Convert.ToHexStringLower(bytes);
            foreach (var coded in Base64(bytes)) yield return coded;
        }
    }

    /// <summary>What a program prints that writes the value line by line, or wraps its base64.</summary>
    public static IEnumerable<string> Pieces(string value)
    {
        var lines = value.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length > 1)
        {
            foreach (var form in lines.Where(line => line.Length >= SecretMask.Shortest).SelectMany(Whole)) yield return form;
        }
        var coded = Convert.ToBase64String(Encoding.UTF8.GetBytes(value));
        foreach (var width in Wraps.Where(width => coded.Length > width))
        {
            for (var at = 0; at + 8 <= coded.Length; at += width) yield return coded.Substring(at, Math.Min(width, coded.Length - at));
        }
    }

    private static IEnumerable<string> Escaped(string text)
    {
        yield return Uri.EscapeDataString(text);
        yield return Lower(Uri.EscapeDataString(text));
        yield return WebUtility.UrlEncode(text);
        yield return Lower(WebUtility.UrlEncode(text));
        yield return WebUtility.HtmlEncode(text);
        yield return JsonSerializer.Serialize(text)[1..^1];
        yield return JsonSerializer.Serialize(text, ContractJson.Options)[1..^1];
        // Python's repr.
        yield return text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
    }

    private static string Lower(string escaped)
    {
        var lower = new StringBuilder(escaped);
        for (var at = 0; at + 2 < escaped.Length; at++)
        {
            if (escaped[at] != '%') continue;
            for (var digit = 1; digit <= 2; digit++) lower[at + digit] = char.ToLower(escaped[at + digit], CultureInfo.InvariantCulture);
        }
        return lower.ToString();
    }

    // Inside a longer text the value begins at any of three places of a group; characters that its neighbours share are left out.
    private static IEnumerable<string> Base64(byte[] bytes)
    {
        foreach (var whole in Alphabets(Convert.ToBase64String(bytes))) yield return whole;
        for (var before = 0; before < 3; before++)
        {
            var coded = Convert.ToBase64String([.. new byte[before], .. bytes]).TrimEnd('=');
            var start = before == 0 ? 0 : before + 1;
            var end = (before + bytes.Length) % 3 == 0 ? coded.Length : coded.Length - 1;
            foreach (var middle in Alphabets(coded[start..end])) yield return middle;
        }
    }

    private static IEnumerable<string> Alphabets(string coded) =>
        [coded, coded.TrimEnd('='), coded.Replace('+', '-').Replace('/', '_'), coded.TrimEnd('=').Replace('+', '-').Replace('/', '_')];
}
