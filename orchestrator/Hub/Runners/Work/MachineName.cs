using System.Security.Cryptography;
using System.Text;

namespace Flows.Hub.Runners;

/// <summary>Names for runners: lower-case letters, digits and dashes, as Hangfire wants them for queues.</summary>
internal static class MachineName
{
    /// <summary>The machine's name and something of the folder that is used on it.</summary>
    public static string Of(string folder) =>
        $"{Plain(Environment.MachineName)}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(folder))))[..6]}";

    private static string Plain(string name) => string.Concat(name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c == '-' ? c : '-'));
}
