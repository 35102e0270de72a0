using System.Reflection;
using System.Security.Cryptography;
using Flows.Hub.Storage;

namespace Flows.Hub.Orchestrators;

/// <summary>This process among those that share a database.</summary>
public sealed class Orchestrator(DataFolder data)
{
    /// <summary>Never the same twice, so that what an earlier process left is not taken for one's own.</summary>
    public string Id { get; } = $"{Environment.MachineName}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";

    public string Home { get; } = $"{Environment.MachineName}:{data.Path}";

    public static string Version { get; } =
        typeof(Orchestrator).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
}
