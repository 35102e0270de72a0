using System.Text;

namespace Flows.Hub.Artifacts.Collection;

/// <summary>Finds digests in text: runs of exactly 64 lower-case hexadecimal digits.</summary>
internal static class DigestScan
{
    private const int Length = 64;

    public static IEnumerable<string> In(byte[] text)
    {
        var begin = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && IsHex(text[i])) continue;
            if (i - begin == Length) yield return Encoding.ASCII.GetString(text, begin, Length);
            begin = i + 1;
        }
    }

    private static bool IsHex(byte character) => character is >= (byte)'0' and <= (byte)'9' or >= (byte)'a' and <= (byte)'f';
}
