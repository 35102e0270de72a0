using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Flows.Tests.Support;

/// <summary>
/// The line to an S3 server, which fails when it is told to, and adds what that server does not know: conditional writes
/// (<c>If-None-Match: *</c> is answered 412 when the object was written over this line before).
/// </summary>
public sealed class S3Line : IAsyncDisposable
{
    private readonly HttpClient _server;
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Action<HttpContext>> _faults = new();
    private readonly ConcurrentQueue<Func<HttpResponse, byte[], Task>> _spoiled = new();
    private readonly ConcurrentDictionary<string, bool> _written = new();

    private (string Query, int Status)? _failing;

    private S3Line(string server)
    {
        _server = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(server) };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.Run(AnswerAsync);
    }

    public string Url => _app.Urls.First();

    /// <summary>Method, path and query of everything that was asked.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public static async Task<S3Line> ToAsync(string server)
    {
        var line = new S3Line(server);
        await line._app.StartAsync();
        return line;
    }

    /// <summary>The next requests are answered with a status, and do not reach the server.</summary>
    public void FailNext(int times, int status)
    {
        for (var i = 0; i < times; i++) _faults.Enqueue(context => context.Response.StatusCode = status);
    }

    /// <summary>Every request whose query has a text is answered with a status.</summary>
    public void FailOn(string query, int status) => _failing = (query, status);

    /// <summary>The connection of the next request breaks before it is answered.</summary>
    public void BreakNext() => _faults.Enqueue(context => context.Abort());

    /// <summary>The next download breaks off in its middle.</summary>
    public void CutNextDownload() => _spoiled.Enqueue(async (response, body) =>
    {
        await response.Body.WriteAsync(body.AsMemory(0, body.Length / 2));
        await response.Body.FlushAsync();
        response.HttpContext.Abort();
    });

    /// <summary>The next downloads have one wrong byte.</summary>
    public void SpoilNextDownloads(int times)
    {
        for (var i = 0; i < times; i++)
            _spoiled.Enqueue(async (response, body) =>
            {
                body[0] ^= 1;
                await response.Body.WriteAsync(body);
            });
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _server.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        Requests.Enqueue($"{request.Method} {request.Path}{request.QueryString}");
        if (_faults.TryDequeue(out var fault)) fault(context);
        else if (_failing is { } failing && request.QueryString.Value!.Contains(failing.Query, StringComparison.Ordinal)) response.StatusCode = failing.Status;
        else if (request.Headers.IfNoneMatch == "*" && _written.ContainsKey(request.Path)) response.StatusCode = StatusCodes.Status412PreconditionFailed;
        else await ForwardAsync(request, response);
    }

    private async Task ForwardAsync(HttpRequest request, HttpResponse response)
    {
        using var asked = new HttpRequestMessage(new HttpMethod(request.Method), $"{request.Path}{request.QueryString}");
        if (request.ContentLength is not null) asked.Content = new StreamContent(request.Body);
        // The signature covers the host that the client named.
        foreach (var (name, values) in request.Headers)
            if (!asked.Headers.TryAddWithoutValidation(name, values.ToArray())) asked.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
        using var answer = await _server.SendAsync(asked, HttpCompletionOption.ResponseHeadersRead);
        if (request.Headers.IfNoneMatch == "*" && answer.IsSuccessStatusCode) _written[request.Path] = true;

        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
            if (name is not ("Transfer-Encoding" or "Connection")) response.Headers[name] = values.ToArray();
        var isDownload = request.Method == "GET" && !request.QueryString.HasValue;
        if (isDownload && _spoiled.TryDequeue(out var spoiled)) await spoiled(response, await answer.Content.ReadAsByteArrayAsync());
        else await answer.Content.CopyToAsync(response.Body);
    }
}
