using Flows.Hub.Runners;
using Flows.Hub.Web;
using Microsoft.Extensions.Options;

namespace Flows.Hub.Access;

/// <summary>
/// Where a request comes from, before anybody asks who sends it: the name that the server was reached by (DNS rebinding),
/// the page that sent it (cross-site request forgery), and that it carries no token in its address.
/// </summary>
public sealed class RequestOrigin(RequestDelegate next, AccessMode mode, IOptions<AccessOptions> options)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (HasTokenInAddress(http.Request)) await RefuseAsync(http, "A token does not belong into an address, which is kept in logs and histories: withdraw it, and send the next one in the Authorization header.", StatusCodes.Status400BadRequest);
        else if (!IsKnownName(http)) await RefuseAsync(http, mode.IsLocal ? "This server answers only to loopback names." : "This server is not reached by this name: see Access:Hosts.");
        else if (IsForeign(http.Request)) await RefuseAsync(http, "A page of another site sent this request.");
        else await next(http);
    }

    private bool IsKnownName(HttpContext http)
    {
        var host = http.Request.Host.Host;
        if (AccessMode.IsLoopbackName(host)) return true;
        return mode.IsLocal ? IsOfRunner(http) : options.Value.Hosts.Count == 0 || options.Value.Hosts.Contains(host, StringComparer.OrdinalIgnoreCase);
    }

    // Runners on other machines show their token, and get no further than their own routes.
    private static bool IsOfRunner(HttpContext http) =>
        (http.Request.Path.StartsWithSegments("/api/runners") || http.Request.Path.StartsWithSegments("/api/steps") || http.Request.Path.StartsWithSegments("/api/artifacts"))
        && ActorHandler.BearerOf(http.Request) is { } token
        && (http.RequestServices.GetRequiredService<RunnerToken>().Is(token) || http.RequestServices.GetRequiredService<RunnerPasses>().RunnerOf(token) is not null || http.RequestServices.GetRequiredService<StepTokens>().JobOf(token) is not null);

    private static bool IsForeign(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) return false;
        if (request.Headers["Sec-Fetch-Site"] == "cross-site") return true;
        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0 && (!Uri.TryCreate(origin, UriKind.Absolute, out var from) || from.Authority != request.Host.Value);
    }

    private static bool HasTokenInAddress(HttpRequest request) =>
        request.QueryString.HasValue && request.Query.Any(pair => pair.Value.Any(value => value?.StartsWith(Tokens.ApiToken.Prefix, StringComparison.Ordinal) == true));

    private static Task RefuseAsync(HttpContext http, string why, int status = StatusCodes.Status403Forbidden) =>
        TypedResults.Problem(why, statusCode: status, title: "Refused").ExecuteAsync(http);
}
