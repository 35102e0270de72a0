using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;

namespace Flows.Hub.Runners;

/// <summary>Requests to whichever orchestrator answers: the one that did last, else the next.</summary>
public sealed class HubHttp : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly IReadOnlyList<Uri> _servers;
    private int _at;

    public HubHttp(RunnerOptions options) => _servers = [.. options.Servers.Select(server => new Uri(server.TrimEnd('/') + "/"))];

    /// <summary>The orchestrator that answered last.</summary>
    public string Url => _servers[_at].ToString().TrimEnd('/');

    /// <summary>Sends what <paramref name="make"/> makes, to each server at most once.</summary>
    /// <exception cref="HttpRequestException">None of them answers.</exception>
    public async Task<HttpResponseMessage> SendAsync(string token, Func<HttpRequestMessage> make, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var at = _at;
            using var request = make();
            request.RequestUri = new Uri(_servers[at], request.RequestUri!);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            try
            {
                var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
                if (answer.StatusCode is not (HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable) || attempt >= _servers.Count) return answer;
                answer.Dispose();
            }
            catch (Exception gone) when (gone is HttpRequestException or IOException && attempt < _servers.Count && !cancellation.IsCancellationRequested) { }
            Interlocked.CompareExchange(ref _at, (at + 1) % _servers.Count, at);
        }
    }

    /// <summary>Posts and reads a small answer; a line that is cut does not say so.</summary>
    /// <param name="limit">Time for all of it.</param>
    /// <exception cref="HttpRequestException">None of them answers in time.</exception>
    public async Task<T> AskAsync<T>(string token, string path, object body, TimeSpan limit, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellation)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(limit);
        try
        {
            using var answer = await PostAsync(token, path, body, late.Token);
            return await read(answer, late.Token);
        }
        catch (OperationCanceledException cut) when (!cancellation.IsCancellationRequested)
        {
            Interlocked.Exchange(ref _at, (_at + 1) % _servers.Count);
            throw new HttpRequestException($"No answer within {limit.TotalSeconds:0} s.", cut);
        }
    }

    public Task<HttpResponseMessage> PostAsync(string token, string path, object body, CancellationToken cancellation) => SendAsync(HttpMethod.Post, token, path, body, cancellation);

    public Task<HttpResponseMessage> PutAsync(string token, string path, object body, CancellationToken cancellation) => SendAsync(HttpMethod.Put, token, path, body, cancellation);

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string token, string path, object body, CancellationToken cancellation) =>
        SendAsync(token, () => new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = JsonContent.Create(body, body.GetType(), options: ContractJson.Options) }, cancellation);

    public Task<HttpResponseMessage> GetAsync(string token, string path, CancellationToken cancellation) =>
        SendAsync(token, () => new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative)), cancellation);

    /// <summary>Posts for a step and reads the answer.</summary>
    /// <exception cref="ActivityFault">The server refuses, and says why.</exception>
    public async Task<T?> DoAsync<T>(string token, string path, object body, CancellationToken cancellation)
    {
        using var answer = await PostAsync(token, path, body, cancellation);
        await DemandAsync(answer, cancellation);
        return await answer.Content.ReadFromJsonAsync<T>(ContractJson.Options, cancellation);
    }

    /// <summary>Reads something for a step; null when it is not there.</summary>
    /// <exception cref="ActivityFault">The server refuses, and says why.</exception>
    public async Task<T?> FindAsync<T>(string token, string path, CancellationToken cancellation) where T : class
    {
        using var answer = await GetAsync(token, path, cancellation);
        if (answer.StatusCode == HttpStatusCode.NotFound) return null;
        await DemandAsync(answer, cancellation);
        return await answer.Content.ReadFromJsonAsync<T>(ContractJson.Options, cancellation);
    }

    /// <summary>What a server's refusal says, as a fault of the step that asked.</summary>
    public static async Task DemandAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        if (!answer.IsSuccessStatusCode) throw new ActivityFault(await SaidAsync(answer, cancellation));
    }

    public static async Task<string> SaidAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        try { return (JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellation)) as JsonObject)?["detail"]?.GetValue<string>() ?? $"The server answered {(int)answer.StatusCode}."; }
        catch (JsonException) { return $"The server answered {(int)answer.StatusCode}."; }
    }

    public void Dispose() => _http.Dispose();
}
