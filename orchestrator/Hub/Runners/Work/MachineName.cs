using System.Security.Cryptography;
using System.Text;

namespace Flows.Hub.Runners;

/// <summary>Names for runners: lower-case letters, digits and dashes, as Hangfire wants them for queues.</summary>
public static class MachineName
{
    // With what is added to it a name that a runner may have.
    private const int MostLetters = 40;

    /// <summary>The same for a runner, on whatever machine: never a name that servers call their own runners.</summary>
    public static string OfRunner(string folder, string? machine = null) => Of(folder, machine) is var name && LocalRunnerName.IsServers(name) ? $"runner-{name}" : name;

    /// <summary>The machine's name and something of the folder that is used on it.</summary>
    public static string Of(string folder, string? machine = null) =>
        $"{Plain(machine ?? Environment.MachineName)}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(folder))))[..6]}";

    private static string Plain(string name) => string.Concat(name.ToLowerInvariant().Take(MostLetters).Select(c => char.IsAsciiLetterOrDigit(c) || c == '-' ? c : '-'));
}
