using System.Diagnostics;
using Flows.Hub.Deployments;
using Flows.Hub.Gateway.Predictions;
using Flows.Hub.Storage;

namespace Flows.Hub.Gateway;

/// <summary>Passes requests on to model servers, streamed both ways, and counts them.</summary>
internal sealed class Proxy(DeploymentRegistry deployments, PredictionLog predictions, TimeProvider time) : IDisposable
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
        var (since, version) = (time.GetTimestamp(), (live.Row.Model, live.Row.Version));
        await ForwardAsync(http, live, path, id);
        var took = time.GetElapsedTime(since);
        live.Traffic.Count(http.Response.StatusCode, took);
        if (HttpMethods.IsPost(http.Request.Method) && http.Response.StatusCode is >= 200 and < 300) await predictions.AddAsync(Answered(live, version, path, id, http.Response.StatusCode, took));
    }

    // The version as it was when the request came: one that is switched meanwhile finishes what it has begun.
    private PredictionRow Answered(LiveDeployment live, (string Model, int Version) served, string path, string id, int status, TimeSpan took) => new()
    {
        ProjectId = live.Row.ProjectId,
        Author = Sight.Current.Author,
        Id = id,
        Deployment = live.Row.Name,
        Model = served.Model,
        Version = served.Version,
        Route = path.Length > 200 ? path[..200] : path,
        Status = status,
        At = time.GetUtcNow() - took,
        Milliseconds = Math.Round(took.TotalMilliseconds, 3),
    };

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
