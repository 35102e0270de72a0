using Microsoft.AspNetCore.Http.Features;

namespace Flows.Hub.Gateway;

/// <summary>Headers on their way through the gateway: those of one connection (RFC 9110, 7.6.1) stay on it.</summary>
internal static class ProxyHeaders
{
    private const string IdHeader = "X-Request-Id";

    // The model server needs neither who asks nor the address the gateway has.
    private static readonly HashSet<string> Kept = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
        "Host", "Authorization", "Cookie", "Expect", IdHeader,
    };

    /// <summary>The asker's request id if it is one line of ASCII, or a new one; the answer has it too.</summary>
    public static string RequestId(HttpContext http)
    {
        var given = http.Request.Headers[IdHeader].ToString();
        var id = given.Length is > 0 and <= 200 && given.All(letter => letter is >= ' ' and <= '~') ? given : Guid.NewGuid().ToString("N");
        http.Response.Headers[IdHeader] = id;
        return id;
    }

    public static HttpRequestMessage Request(HttpContext http, Uri target, string id, long maxBody)
    {
        var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), target);
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
        {
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = maxBody;
            request.Content = new StreamContent(http.Request.Body);
        }
        var ofConnection = Named(http.Request.Headers.Connection);
        foreach (var (name, values) in http.Request.Headers)
        {
            if (Kept.Contains(name) || ofConnection.Contains(name)) continue;
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values)) request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
        request.Headers.TryAddWithoutValidation(IdHeader, id);
        return request;
    }

    public static void CopyBack(HttpResponseMessage response, HttpResponse answer)
    {
        answer.StatusCode = (int)response.StatusCode;
        var ofConnection = Named(response.Headers.Connection.ToArray());
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
            if (!Kept.Contains(name) && !ofConnection.Contains(name)) answer.Headers[name] = values.ToArray();
    }

    private static HashSet<string> Named(Microsoft.Extensions.Primitives.StringValues connection) =>
        new(connection.SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries)), StringComparer.OrdinalIgnoreCase);
}
