using System.Text;

namespace Flows.Hub.Artifacts.Collection;

/// <summary>Finds digests in text: runs of exactly 64 lower-case hexadecimal digits.</summary>
internal static class DigestScan
{
    private const int Length = 64, Piece = Length / 4;

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

    /// <summary>Which digests a text may have named before it was damaged: a quarter of one is enough, wherever it stands.</summary>
    public static IEnumerable<string> Perhaps(byte[] text, IEnumerable<string> digests)
    {
        var pieces = new HashSet<string>();
        for (int i = 0, digits = 0; i < text.Length; i++)
        {
            digits = IsHex(text[i]) ? digits + 1 : 0;
            if (digits >= Piece) pieces.Add(Encoding.ASCII.GetString(text, i + 1 - Piece, Piece));
        }
        return digests.Where(digest => Enumerable.Range(0, Length / Piece).Any(part => pieces.Contains(digest.Substring(part * Piece, Piece))));
    }

    private static bool IsHex(byte character) => character is >= (byte)'0' and <= (byte)'9' or >= (byte)'a' and <= (byte)'f';
}
