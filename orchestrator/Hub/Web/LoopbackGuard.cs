using System.Net;

namespace Flows.Hub.Web;

/// <summary>
/// Without login a server is safe only for its own machine: it answers to loopback names alone (DNS rebinding)
/// and takes no writing request that another site's page sent (cross-site request forgery).
/// </summary>
public sealed class LoopbackGuard(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (!IsLoopback(http.Request.Host.Host) && !IsOfRunner(http)) await RefuseAsync(http, "This server answers only to loopback names.");
        else if (IsForeign(http.Request)) await RefuseAsync(http, "A page of another site sent this request.");
        else await next(http);
    }

    // Runners on other machines show their token, and get no further than their own routes.
    private static bool IsOfRunner(HttpContext http) =>
        (http.Request.Path.StartsWithSegments("/api/runners") || http.Request.Path.StartsWithSegments("/api/steps") || http.Request.Path.StartsWithSegments("/api/artifacts"))
        && http.RequestServices.GetRequiredService<Runners.RunnerToken>().IsKnown(http.Request);

    private static bool IsForeign(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) return false;
        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0 && (!Uri.TryCreate(origin, UriKind.Absolute, out var from) || from.Authority != request.Host.Value);
    }

    private static bool IsLoopback(string host) =>
        host is "localhost" or "" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static Task RefuseAsync(HttpContext http, string why) =>
        TypedResults.Problem(why, statusCode: StatusCodes.Status403Forbidden, title: "Refused").ExecuteAsync(http);
}
