using System.Security.Cryptography;
using Flows.Hub.Storage;

namespace Flows.Hub.Runners;

/// <summary>What runners register with: the setting <c>Runners:Token</c> (environment <c>FLOWS_RUNNER_TOKEN</c>), else one made once and kept in the data folder as <c>runner-token</c>.</summary>
public sealed class RunnerToken(DataFolder data, IConfiguration settings)
{
    private readonly Lazy<string> _token = new(() => settings["Runners:Token"] ?? Environment.GetEnvironmentVariable("FLOWS_RUNNER_TOKEN") ?? Kept(data.File("runner-token")));

    /// <summary>What whoever has it not is told.</summary>
    internal const string Wanted = "The runner token is missing or wrong: it is in the server's data folder in 'runner-token', or what Runners:Token says.";

    public string Value => _token.Value;

    public bool Is(string token) => StepTokens.Same(token, Value);

    private static string Kept(string file)
    {
        if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } kept) return kept;
        var made = "runner_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        File.WriteAllText(file, made + "\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return made;
    }
}
