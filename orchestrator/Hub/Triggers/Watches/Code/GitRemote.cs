using System.Net.Sockets;
using System.Text.RegularExpressions;
using Flows.Contract.Activities;
using Flows.Library.Network;

namespace Flows.Hub.Triggers.Watches.Code;

/// <summary>Where a repository lies, and how git is kept to addresses that may be reached: it gets those that were looked up here, and looks up nothing itself.</summary>
/// <param name="Scheme"><c>http, https, ssh</c>, or another one that git knows.</param>
/// <param name="Port">0: the scheme's own.</param>
internal sealed partial record GitRemote(string Scheme, string Host, int Port)
{
    /// <summary>Null for a path of this machine.</summary>
    public static GitRemote? Of(string repository)
    {
        if (repository.Contains("://", StringComparison.Ordinal))
            return Uri.TryCreate(repository, UriKind.Absolute, out var at) ? at.IsFile ? null : new GitRemote(at.Scheme, at.IdnHost, at.IsDefaultPort ? 0 : at.Port) : new GitRemote("unknown", repository, 0);
        return ShortSsh().Match(repository) is { Success: true } match ? new GitRemote("ssh", match.Groups["host"].Value.Trim('[', ']'), 0) : null;
    }

    /// <summary>What git is started with.</summary>
    /// <exception cref="WatchFault">The address may not be reached, or cannot be told.</exception>
    public async Task<GitGuard> GuardAsync(NetworkPolicy policy, CancellationToken cancellation)
    {
        if (!policy.IsGuarded) return GitGuard.None;
        try
        {
            var addresses = await ReachableHost.FindAsync(Host, policy, cancellation);
            return Scheme switch
            {
                "http" or "https" => new GitGuard(["-c", "http.followRedirects=false", "-c", "http.proxy=", "-c", $"http.curloptResolve={Host}:{(Port > 0 ? Port : Scheme == "https" ? 443 : 80)}:{string.Join(',', addresses.AsEnumerable())}"], ""),
                "ssh" => new GitGuard([], $" -o ProxyCommand=none -o HostKeyAlias={Host} -o HostName={addresses[0]}"),
                _ => throw new WatchFault($"A repository's address begins with https, http or ssh here, not with {Scheme}."),
            };
        }
        catch (Exception closed) when (closed is HttpRequestException or SocketException) { throw new WatchFault($"The repository cannot be read: {closed.Message}", closed); }
    }

    // user@host:path; a slash before the colon makes it a path.
    [GeneratedRegex(@"\A(?:[^@/:]+@)?(?<host>\[[^\]]+\]|[^:/@]+):")]
    private static partial Regex ShortSsh();
}

/// <param name="Arguments">Before git's command.</param>
/// <param name="Ssh">Behind ssh's other options.</param>
internal sealed record GitGuard(IReadOnlyList<string> Arguments, string Ssh)
{
    public static GitGuard None { get; } = new([], "");
}
