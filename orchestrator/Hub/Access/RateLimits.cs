using System.Threading.RateLimiting;
using Flows.Hub.Access.Tokens;
using Microsoft.AspNetCore.RateLimiting;

namespace Flows.Hub.Access;

/// <summary>How often in a minute: tries to sign in by address, requests by API token. More are answered 429.</summary>
internal static class RateLimits
{
    public const string SignIn = "sign-in";

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    public static IServiceCollection AddRateLimits(this IServiceCollection services, AccessOptions access) => services.AddRateLimiter(limits =>
    {
        limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limits.OnRejected = async (rejected, _) =>
        {
            rejected.HttpContext.Response.Headers.RetryAfter = "60";
            await TypedResults.Problem("Too many requests: wait a minute.", statusCode: StatusCodes.Status429TooManyRequests, title: "Too many requests").ExecuteAsync(rejected.HttpContext);
        };
        limits.AddPolicy(SignIn, http => Of(http.Connection.RemoteIpAddress?.ToString() ?? "", access.SignInsPerMinute));
        limits.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http => ActorHandler.BearerOf(http.Request) is { } token && token.StartsWith(ApiToken.Prefix, StringComparison.Ordinal)
            ? Of(ApiToken.DigestOf(token), access.RequestsPerMinute)
            : RateLimitPartition.GetNoLimiter(""));
    });

    private static RateLimitPartition<string> Of(string key, int most) => RateLimitPartition.GetFixedWindowLimiter(key, _ => new FixedWindowRateLimiterOptions { PermitLimit = most, Window = Window });
}
