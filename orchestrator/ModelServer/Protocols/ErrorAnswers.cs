using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flows.ModelServer.Protocols;

/// <summary>Every failure becomes an answer in the protocol's own form; none ends the server.</summary>
internal static class ErrorAnswers
{
    public static void UseErrorAnswers(this WebApplication app)
    {
        app.Use(async (http, next) =>
        {
            try
            {
                await next(http);
                if (http.Response is { StatusCode: 404 or 405, HasStarted: false } && http.GetEndpoint() is null or { DisplayName: "405 HTTP Method Not Supported" })
                    await WriteAsync(http, http.Response.StatusCode, $"{http.Request.Method} {http.Request.Path} is not served here");
            }
            catch (Exception failure) when (!http.RequestAborted.IsCancellationRequested)
            {
                var (status, message) = Explain(failure);
                if (status >= 500) Console.Error.WriteLine($"{http.Request.Method} {http.Request.Path}: {failure}");
                await WriteAsync(http, status, message);
            }
        });
    }

    private static (int, string) Explain(Exception failure) => failure switch
    {
        RequestFault fault => (fault.Status, fault.Message),
        JsonException json => (400, $"the body is not valid JSON: {json.Message}"),
        BadHttpRequestException bad => (bad.StatusCode, bad.StatusCode == 413 ? "the body is larger than this server takes" : bad.Message),
        ModelFault fault => (500, fault.Message),
        _ => (500, $"the model failed on this request: {failure.Message}"),
    };

    private static async Task WriteAsync(HttpContext http, int status, string message)
    {
        if (http.Response.HasStarted) return;
        http.Response.Clear();
        http.Response.StatusCode = status;
        var isMlflow = http.Request.Path == "/invocations";
        await http.WriteJsonAsync(isMlflow
            ? new JsonObject { ["error_code"] = status < 500 ? "BAD_REQUEST" : "INTERNAL_ERROR", ["message"] = message }
            : new JsonObject { ["error"] = message });
    }
}
