using System.Diagnostics;

namespace Flows.Tests.Support;

/// <summary>
/// A real OpenID Connect provider: npm's certified oidc-provider, which ./test installs, as a process of its own. Its pages sign in whoever types
/// a name. Skips visibly where there is none; on CI that is a failure.
/// </summary>
public sealed class OidcProcess : IAsyncDisposable
{
    public const string ClientId = "flows";
    public const string ClientSecret = "a secret of the client";

    private readonly Process _process;

    private OidcProcess(Process process, string url) => (_process, Url) = (process, url);

    public string Url { get; }

    private static string Modules => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "flows-tests", "node_modules");

    /// <param name="groups">JSON: who is in which groups.</param>
    public static async Task<OidcProcess> StartAsync(string groups)
    {
        if (!Directory.Exists(Path.Combine(Modules, "oidc-provider")))
        {
            Assert.False(Environment.GetEnvironmentVariable("FLOWS_CI") == "1", "oidc-provider is missing: ./test installs it");
            Assert.Skip("no OpenID Connect provider on this machine: ./test installs npm's oidc-provider");
        }
        var program = Path.Combine(AppContext.BaseDirectory, "Support", "oidc-provider.mjs");
        var process = Process.Start(new ProcessStartInfo("node", [program, Modules, ClientId, ClientSecret, groups]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("listening at ", StringComparison.Ordinal)) continue;
            _ = process.StandardOutput.ReadToEndAsync();
            return new OidcProcess(process, line["listening at ".Length..]);
        }
        throw new InvalidOperationException($"The provider did not start: {await errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }
}
