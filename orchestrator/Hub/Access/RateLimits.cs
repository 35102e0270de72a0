using System.Globalization;
using System.Threading.RateLimiting;
using Flows.Hub.Access.Tokens;

namespace Flows.Hub.Access;

/// <summary>
/// How often in a minute: tries to sign in by address, requests by API token, deliveries by webhook, and requests to webhooks and
/// endpoints of flows by address. More are answered 429.
/// </summary>
/// <remarks>ASP.NET's own middleware never disposes its limiters, whose timer keeps an application that has ended in memory.</remarks>
internal sealed class RateLimits : IDisposable
{
    private const string Hooks = "/hooks";

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<HttpContext>[] _each;
    private readonly PartitionedRateLimiter<HttpContext> _all;

    public RateLimits(AccessOptions access, AccessMode mode)
    {
        var outside = access.OutsidePerMinute ?? (mode.IsLocal ? 0 : AccessOptions.DefaultOutside);
        _each = [By(access.RequestsPerMinute, TokenOf), By(outside, HookOf), By(outside, AskerOf), By(access.SignInsPerMinute, TriesOf)];
        _all = PartitionedRateLimiter.CreateChained(_each);
    }

    /// <summary>Lets a request through, or answers it.</summary>
    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        using var lease = _all.AttemptAcquire(http);
        if (lease.IsAcquired) await next(http);
        else await RefuseAsync(http, lease);
    }

    public void Dispose()
    {
        _all.Dispose();
        foreach (var one in _each) one.Dispose();
    }

    /// <param name="most">In a minute; 0 for no limit.</param>
    /// <param name="whose">Those of the same key share it; null is not counted.</param>
    private static PartitionedRateLimiter<HttpContext> By(int most, Func<HttpContext, string?> whose) => PartitionedRateLimiter.Create<HttpContext, string>(http => most > 0 && whose(http) is { } key
        ? RateLimitPartition.GetFixedWindowLimiter(key, _ => new FixedWindowRateLimiterOptions { PermitLimit = most, Window = Window })
        : RateLimitPartition.GetNoLimiter(""));

    private static string? TokenOf(HttpContext http) =>
        ActorHandler.BearerOf(http.Request) is { } token && token.StartsWith(ApiToken.Prefix, StringComparison.Ordinal) ? ApiToken.DigestOf(token) : null;

    // A webhook has its limit from wherever it is told; who guesses addresses has the one of their own.
    private static string? HookOf(HttpContext http) => http.Request.Path.StartsWithSegments(Hooks, out var token) ? Runs.RunStore.Digest(token) : null;

    private static string? AskerOf(HttpContext http) => http.Request.Path.StartsWithSegments(Hooks) || http.Request.Path.StartsWithSegments(Endpoints.HttpTriggers.Root) ? AddressOf(http) : null;

    private static string? TriesOf(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<SignInTry>() is null ? null : AddressOf(http);

    private static string AddressOf(HttpContext http) => http.Connection.RemoteIpAddress?.ToString() ?? "";

    private static async Task RefuseAsync(HttpContext http, RateLimitLease lease)
    {
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window;
        http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        await TypedResults.Problem("Too many requests: wait a minute.", statusCode: StatusCodes.Status429TooManyRequests, title: "Too many requests").ExecuteAsync(http);
    }
}

/// <summary>Marks a route that takes a password or a code.</summary>
internal sealed record SignInTry
{
    public static readonly SignInTry Mark = new();
}
