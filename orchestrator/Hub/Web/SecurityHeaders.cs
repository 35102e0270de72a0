namespace Flows.Hub.Web;

/// <summary>
/// What browsers are told about every answer: scripts come from this server alone, no other site frames its pages, and what
/// flows and models serve under its name runs in a sandbox, as if it were another site's.
/// </summary>
public sealed class SecurityHeaders(RequestDelegate next)
{
    // Blazor compiles WebAssembly ('wasm-unsafe-eval') and sets style attributes.
    private const string Designer = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    private const string Served = "sandbox allow-scripts allow-forms allow-popups allow-downloads";

    public Task InvokeAsync(HttpContext http)
    {
        http.Response.OnStarting(() =>
        {
            Set(http);
            return Task.CompletedTask;
        });
        return next(http);
    }

    private static void Set(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";
        // What a flow serves may say more about itself, and never less.
        if (IsServed(http.Request.Path)) headers.Append("Content-Security-Policy", Served);
        else if (headers.ContentSecurityPolicy.Count == 0) (headers.ContentSecurityPolicy, headers.XFrameOptions) = (Designer, "DENY");
        if (http.Request.IsHttps) headers.StrictTransportSecurity = "max-age=31536000";
    }

    private static bool IsServed(PathString path) => path.StartsWithSegments(Endpoints.HttpTriggers.Root) || path.StartsWithSegments("/serve");
}
