using System.Security.Cryptography;
using System.Text;

namespace Flows.Hub.Access.Tokens;

/// <summary>The text of a token: <c>flows_</c> and 256 random bits in hexadecimal. So much cannot be guessed, and its SHA-256 needs no salt.</summary>
public static class ApiToken
{
    public const string Prefix = "flows_";

    public static string New() => Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public static string DigestOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
