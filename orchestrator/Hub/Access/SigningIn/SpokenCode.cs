using System.Security.Cryptography;

namespace Flows.Hub.Access.SigningIn;

/// <summary>Random codes that people read and type: groups of letters and digits, none of which looks like another.</summary>
internal static class SpokenCode
{
    private const string Letters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";

    public static string New(int groups, int letters) => string.Join('-', Enumerable.Range(0, groups).Select(_ => new string(RandomNumberGenerator.GetItems<char>(Letters, letters))));

    /// <summary>The code as it was typed, without what people put between.</summary>
    public static string Plain(string typed) => new([.. typed.Where(char.IsAsciiLetterOrDigit).Select(char.ToUpperInvariant)]);
}
