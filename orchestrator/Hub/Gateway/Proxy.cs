using System.Diagnostics;
using Flows.Hub.Deployments;

namespace Flows.Hub.Gateway;

/// <summary>Passes requests on to model servers, streamed both ways, and counts them.</summary>
internal sealed class Proxy(DeploymentRegistry deployments, TimeProvider time) : IDisposable
{
    /// <summary>Largest request body in bytes, as large as a model server takes.</summary>
    private const long MaxBody = 32 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        ActivityHeadersPropagator = DistributedContextPropagator.CreatePassThroughPropagator(),
    });

    public async Task ForwardAsync(HttpContext http, string deployment, string path)
    {
        var id = ProxyHeaders.RequestId(http);
        if (await deployments.FindAsync(deployment, http.RequestAborted) is not { } live)
        {
            await RefuseAsync(http, 404, $"There is no deployment \"{deployment}\".");
            return;
        }
        var since = time.GetTimestamp();
        await ForwardAsync(http, live, path, id);
        live.Traffic.Count(http.Response.StatusCode, time.GetElapsedTime(since));
    }

    public void Dispose() => _client.Dispose();

    private async Task ForwardAsync(HttpContext http, LiveDeployment live, string path, string id)
    {
        if (live.Server is not { Address: { } address } server)
        {
            http.Response.Headers.RetryAfter = "1";
            await RefuseAsync(http, 503, $"Deployment \"{live.Row.Name}\" is {live.Status}. {live.Row.Message}");
            return;
        }
        if (http.Request.ContentLength > MaxBody)
        {
            await RefuseAsync(http, 413, $"The body is larger than the {MaxBody} bytes that are taken.");
            return;
        }
        server.Enter();
        try
        {
            await SendAsync(http, new Uri(address, Escaped(path) + http.Request.QueryString), id);
        }
        finally
        {
            server.Leave();
        }
    }

    private async Task SendAsync(HttpContext http, Uri target, string id)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        limit.CancelAfter(Patience);
        try
        {
            using var request = ProxyHeaders.Request(http, target, id, MaxBody);
            using var response = await _client.SendAsync(request, limit.Token);
            ProxyHeaders.CopyBack(response, http.Response);
            await response.Content.CopyToAsync(http.Response.Body, limit.Token);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            await RefuseAsync(http, 504, $"The model server did not answer within {Patience.TotalSeconds} s.");
        }
        catch (OperationCanceledException)
        {
            // Whoever asked has gone.
        }
        catch (HttpRequestException failure)
        {
            if (TooLarge(failure)) await RefuseAsync(http, 413, $"The body is larger than the {MaxBody} bytes that are taken.");
            else await RefuseAsync(http, 503, $"The model server does not answer: {failure.Message}");
        }
        catch (IOException)
        {
            // The answer had begun: cut the connection, so that nobody takes half of it for the whole.
            http.Abort();
        }
    }

    private static bool TooLarge(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
            if (failure is BadHttpRequestException { StatusCode: 413 }) return true;
        return false;
    }

    private static string Escaped(string path) => string.Join('/', path.Split('/').Select(part => Uri.EscapeDataString(part).Replace("%3A", ":")));

    private static Task RefuseAsync(HttpContext http, int status, string reason)
    {
        if (!http.Response.HasStarted) return TypedResults.Problem(reason, statusCode: status).ExecuteAsync(http);
        http.Abort();
        return Task.CompletedTask;
    }
}
