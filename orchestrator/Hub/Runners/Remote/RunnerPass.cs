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
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(15);

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
            if (_token is { } pass && time.GetElapsedTime(_at) <= _good) return pass;
            var given = await http.AskAsync(options.Token, "api/runners/pass", new RunnerPassRequest(options.Name), AnswerLimit, ReadAsync, cancellation);
            // The server's clock may be another than this machine's: only time that goes by is counted here, and half of it is left to go wrong in.
            (_token, _at, _good) = (given.Token, time.GetTimestamp(), TimeSpan.FromSeconds(given.Seconds / 2));
            return given.Token;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Asks one of this runner's own routes: see <see cref="HubHttp.AskAsync"/>.</summary>
    /// <exception cref="RunnerRefused">The server does not know the runner token.</exception>
    /// <exception cref="HttpRequestException">No server answers in time.</exception>
    public async Task<T> AskAsync<T>(string route, object body, TimeSpan limit, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellation) =>
        await http.AskAsync(await TokenAsync(cancellation), $"{options.Routes}/{route}", body, limit, (answer, late) =>
        {
            Heed(answer);
            return read(answer, late);
        }, cancellation);

    /// <summary>A server that does not take the pass any more is asked for another: its clock may have jumped, or its token be a new one.</summary>
    public void Heed(HttpResponseMessage answer)
    {
        if (answer.StatusCode == HttpStatusCode.Unauthorized) _token = null;
    }

    private static async Task<RunnerPassAnswer> ReadAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        if (answer.IsSuccessStatusCode) return (await answer.Content.ReadFromJsonAsync<RunnerPassAnswer>(ContractJson.Options, cancellation))!;
        var said = await HubHttp.SaidAsync(answer, cancellation);
        throw answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest or HttpStatusCode.Forbidden ? new RunnerRefused(said) : new HttpRequestException(said);
    }
}
