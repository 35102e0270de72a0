using System.Globalization;
using System.Threading.RateLimiting;
using Flows.Hub.Access.Tokens;
using Microsoft.AspNetCore.RateLimiting;

namespace Flows.Hub.Access;

/// <summary>
/// How often in a minute: tries to sign in by address, requests by API token, deliveries by webhook, and requests to webhooks and
/// endpoints of flows by address. More are answered 429.
/// </summary>
internal static class RateLimits
{
    public const string SignIn = "sign-in";

    private const string Hooks = "/hooks";

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    public static IServiceCollection AddRateLimits(this IServiceCollection services, AccessOptions access, AccessMode mode) => services.AddRateLimiter(limits =>
    {
        limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limits.OnRejected = (rejected, _) => RefuseAsync(rejected);
        var outside = access.OutsidePerMinute ?? (mode.IsLocal ? 0 : AccessOptions.DefaultOutside);
        limits.AddPolicy(SignIn, http => Of(AddressOf(http), access.SignInsPerMinute));
        limits.GlobalLimiter = PartitionedRateLimiter.CreateChained(ByToken(access), ByOutside(outside, HookOf), ByOutside(outside, AskerOf));
    });

    private static PartitionedRateLimiter<HttpContext> ByToken(AccessOptions access) => PartitionedRateLimiter.Create<HttpContext, string>(http => ActorHandler.BearerOf(http.Request) is { } token && token.StartsWith(ApiToken.Prefix, StringComparison.Ordinal)
        ? Of(ApiToken.DigestOf(token), access.RequestsPerMinute)
        : RateLimitPartition.GetNoLimiter(""));

    private static PartitionedRateLimiter<HttpContext> ByOutside(int most, Func<HttpContext, string?> whose) => PartitionedRateLimiter.Create<HttpContext, string>(http => most > 0 && whose(http) is { } key
        ? Of(key, most)
        : RateLimitPartition.GetNoLimiter(""));

    // A webhook has its limit from wherever it is told; who guesses addresses has the one of their own.
    private static string? HookOf(HttpContext http) => http.Request.Path.StartsWithSegments(Hooks, out var token) ? Runs.RunStore.Digest(token) : null;

    private static string? AskerOf(HttpContext http) => http.Request.Path.StartsWithSegments(Hooks) || http.Request.Path.StartsWithSegments(Endpoints.HttpTriggers.Root) ? AddressOf(http) : null;

    private static string AddressOf(HttpContext http) => http.Connection.RemoteIpAddress?.ToString() ?? "";

    private static async ValueTask RefuseAsync(OnRejectedContext rejected)
    {
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window;
        rejected.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        await TypedResults.Problem("Too many requests: wait a minute.", statusCode: StatusCodes.Status429TooManyRequests, title: "Too many requests").ExecuteAsync(rejected.HttpContext);
    }

    private static RateLimitPartition<string> Of(string key, int most) => RateLimitPartition.GetFixedWindowLimiter(key, _ => new FixedWindowRateLimiterOptions { PermitLimit = most, Window = Window });
}
