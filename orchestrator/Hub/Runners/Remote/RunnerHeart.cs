using System.Net;
using System.Net.Http.Json;
using Flows.Contract;
using Flows.Hub.Storage;

namespace Flows.Hub.Runners;

/// <summary>Registers the runner, says every second that it is alive and what it has, and does what the answers say.</summary>
public sealed class RunnerHeart(HubHttp http, RunnerPass pass, HubLink link, Workbench bench, RunnerOptions options, ILogger<RunnerHeart> log)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    // An answer waits a second at most for something to say.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private readonly DiskRoom _room = new(options.Data);
    private volatile bool _drains;

    /// <summary>Takes nothing new: the server knows before this ends, if it answers.</summary>
    public async Task DrainAsync()
    {
        _drains = true;
        using var limit = new CancellationTokenSource(Farewell);
        try { await BeatOnceAsync(limit.Token); }
        catch (Exception away) when (away is HttpRequestException or IOException or OperationCanceledException or RunnerRefused) { log.LogWarning("No server was told that the runner drains: {Reason}", away.Message); }
    }

    /// <summary>Tries until a server answers.</summary>
    /// <exception cref="RunnerRefused">The server does not want this runner.</exception>
    public async Task RegisterAsync(CancellationToken cancellation)
    {
        var runner = new RunnerRegistration(options.Session, options.Capacity, options.Labels) { HasQueue = options.Storage is not null, Home = RunnerHome.Of(options.Work) };
        while (true)
        {
            try
            {
                // Whoever is refused does not wait for what it left to be taken.
                await pass.TokenAsync(cancellation);
                await link.DeliverLeftAsync(cancellation);
                using var answer = await http.PutAsync(await pass.TokenAsync(cancellation), options.Routes, runner, cancellation);
                pass.Heed(answer);
                if (answer.IsSuccessStatusCode) return;
                var said = await HubHttp.SaidAsync(answer, cancellation);
                if (answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden) throw new RunnerRefused(said);
                log.LogWarning("The server does not register the runner: {Reason}", said);
            }
            catch (Exception away) when (away is HttpRequestException or IOException) { log.LogWarning("No server answers yet: {Reason}", away.Message); }
            await Task.Delay(Pause, cancellation);
        }
    }

    public async Task BeatAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try { await BeatOnceAsync(cancellation); }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested) { return; }
            catch (Exception away) when (away is HttpRequestException or IOException or RunnerRefused)
            {
                log.LogWarning("No server answers: {Reason}. What is under way goes on.", away.Message);
                await Task.Delay(Pause, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            await Task.Delay(Pace, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async Task LeaveAsync(CancellationToken cancellation)
    {
        try { using var left = await http.SendAsync(await pass.TokenAsync(cancellation), () => new HttpRequestMessage(HttpMethod.Delete, new Uri($"{options.Routes}?session={options.Session}", UriKind.Relative)), cancellation); }
        catch (Exception away) when (away is HttpRequestException or IOException or OperationCanceledException or RunnerRefused) { log.LogWarning("No server was told that the runner ends: {Reason}", away.Message); }
    }

    private async Task BeatOnceAsync(CancellationToken cancellation)
    {
        var has = bench.Jobs.Union(link.Undelivered).ToList();
        // On a full disk it takes nothing new either.
        var beat = new Heartbeat(options.Session, has, _drains || _room.IsShort, options.Storage is not null) { Runner = options.Name };
        var told = await pass.AskAsync("heartbeat", beat, AnswerLimit, AnswerOfAsync, cancellation);
        if (told is null)
        {
            await Task.Delay(Pause, cancellation);
            return;
        }
        foreach (var key in told.Stop) bench.Stop(key);
        foreach (var chunk in told.Start) _ = CarryOutAsync(chunk);
        if (told.HasToRegister) await RegisterAsync(cancellation);
    }

    // Null: it was not taken, and why is in the log.
    private async Task<Told?> AnswerOfAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        if (answer.StatusCode == HttpStatusCode.Conflict && options.Once is null) return new Told([], [], HasToRegister: true);
        if (answer.IsSuccessStatusCode) return (await answer.Content.ReadFromJsonAsync<HeartbeatAnswer>(ContractJson.Options, cancellation)) is { } said ? new Told(said.Stop, said.Start, HasToRegister: false) : null;
        log.LogWarning("The server does not take the heartbeat: {Reason}", await HubHttp.SaidAsync(answer, cancellation));
        return null;
    }

    private sealed record Told(IReadOnlyList<string> Stop, IReadOnlyList<IReadOnlyList<string>> Start, bool HasToRegister);

    private async Task CarryOutAsync(IReadOnlyList<string> keys)
    {
        try { await bench.CarryOutAsync(keys); }
        catch (Exception broken) when (broken is not OperationCanceledException) { log.LogError(broken, "Jobs could not be carried out"); }
    }
}

/// <summary>The server does not want this runner; the message says why.</summary>
public sealed class RunnerRefused(string message) : Exception(message);
