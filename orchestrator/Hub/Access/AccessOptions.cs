using System.ComponentModel.DataAnnotations;
using System.Net;
using Flows.Hub.Storage;

namespace Flows.Hub.Access;

/// <summary>Settings under <c>Access</c>.</summary>
public sealed class AccessOptions : IValidatableObject
{
    /// <summary><c>local</c>: no login, this machine alone. <c>accounts</c>: people sign in. Absent: local as long as the server listens on loopback addresses alone.</summary>
    public string? Mode { get; init; }

    /// <summary>Names under which the server is reached, without port; empty: any. Without login it is loopback names alone.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Private networks that requests of flows may reach where people sign in, as <c>10.1.2.0/24</c>. Without login they reach everything.</summary>
    public IReadOnlyList<string> Networks { get; init; } = [];

    /// <summary>Folders of the server's machine whose files flows may name by whole paths where people sign in: sources, watched folders, SQLite files, repositories. Without login all.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>How long a session lasts when nobody uses it, in hours, 1 to 720. Default 12.</summary>
    [Range(1, 720)] public int SessionHours { get; init; } = 12;

    /// <summary>Tries to sign in from one address in a minute, 1 to 1000. Default 20.</summary>
    [Range(1, 1000)] public int SignInsPerMinute { get; init; } = 20;

    /// <summary>Requests with one API token in a minute, 1 to 1,000,000. Default 6000.</summary>
    [Range(1, 1_000_000)] public int RequestsPerMinute { get; init; } = 6000;

    /// <summary>Deliveries to one webhook, and requests to webhooks and endpoints of flows from one address, in a minute, 1 to 1,000,000. Default 6000; without login none.</summary>
    [Range(1, 1_000_000)] public int? OutsidePerMinute { get; init; }

    internal const int DefaultOutside = 6000;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Networks.Where(network => !IPNetwork.TryParse(network, out _)).Select(network => new ValidationResult($"Access:Networks: '{network}' is no network such as 10.1.2.0/24."));
}

/// <summary>Whether people sign in.</summary>
public sealed record AccessMode(bool IsLocal)
{
    /// <exception cref="StorageFault">The mode is none, or does not fit the addresses.</exception>
    public static AccessMode Of(string? mode, string urls)
    {
        var isLoopback = urls.Split(';').All(IsLoopback);
        return mode?.ToLowerInvariant() switch
        {
            null or "" => new AccessMode(isLoopback),
            "local" when isLoopback => new AccessMode(true),
            "local" => throw new StorageFault($"Access:Mode is local, which has no login, but the server listens on {urls}: listen on a loopback address such as http://127.0.0.1:5100, or set Access:Mode to accounts.", null),
            "accounts" or "oidc" => new AccessMode(false),
            _ => throw new StorageFault($"Access:Mode is local, accounts or oidc, not '{mode}'.", null),
        };
    }

    private static bool IsLoopback(string url) => Uri.TryCreate(url.Replace("//*", "//0.0.0.0").Replace("//+", "//0.0.0.0"), UriKind.Absolute, out var at) && IsLoopbackName(at.Host);

    public static bool IsLoopbackName(string host) =>
        host is "localhost" or "" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
