using System.Security.Cryptography;

namespace Flows.Hub.Runs;

/// <summary>Ids of runs: they sort by the time of their start.</summary>
internal static class RunIds
{
    public static string New(DateTimeOffset at) => $"{Prefix(at)}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(5))}";

    /// <summary>The same time and origin give the same id, so that what is started again after a crash is not started twice.</summary>
    public static string Derived(DateTimeOffset at, string origin) => $"{Prefix(at)}-{RunStore.Digest(origin)[..10]}";

    private static string Prefix(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMddHHmmssfff", System.Globalization.CultureInfo.InvariantCulture);
}
