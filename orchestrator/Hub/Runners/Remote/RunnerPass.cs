using System.Net;
using System.Net.Http.Json;
using Flows.Contract;

namespace Flows.Hub.Runners;

/// <summary>
/// What this runner shows at the server: a pass for its name, got with the runner token and again in good time; a runner of one step shows
/// that step's token.
/// </summary>
public sealed class RunnerPass(HubHttp http, RunnerOptions options, TimeProvider time)
{
    private readonly SemaphoreSlim _one = new(1);
    private string? _token;
    private long _at;
    private TimeSpan _good;

    /// <exception cref="RunnerRefused">The server does not know the runner token.</exception>
    /// <exception cref="HttpRequestException">No server answers.</exception>
    public async Task<string> TokenAsync(CancellationToken cancellation)
    {
        if (options.Once is not null) return options.Token;
        await _one.WaitAsync(cancellation);
        try
        {
            if (_token is null || time.GetElapsedTime(_at) > _good) await GetAsync(cancellation);
            return _token!;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>A server that does not take the pass any more is asked for another: its clock may have jumped, or its token be a new one.</summary>
    public void Heed(HttpResponseMessage answer)
    {
        if (answer.StatusCode == HttpStatusCode.Unauthorized) _token = null;
    }

    private async Task GetAsync(CancellationToken cancellation)
    {
        using var answer = await http.PostAsync(options.Token, "api/runners/pass", new RunnerPassRequest(options.Name), cancellation);
        if (!answer.IsSuccessStatusCode)
        {
            var said = await HubHttp.SaidAsync(answer, cancellation);
            throw answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest or HttpStatusCode.Forbidden ? new RunnerRefused(said) : new HttpRequestException(said);
        }
        var given = (await answer.Content.ReadFromJsonAsync<RunnerPassAnswer>(ContractJson.Options, cancellation))!;
        // The server's clock may be another than this machine's: only time that goes by is counted here, and half of it is left to go wrong in.
        (_token, _at, _good) = (given.Token, time.GetTimestamp(), TimeSpan.FromSeconds(given.Seconds / 2));
    }
}
