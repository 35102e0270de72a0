using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Contract.Tracking;
using Flows.Hub.Cli;

namespace Flows.Hub.Sync;

/// <summary>A server that runs are brought to, or read from.</summary>
public sealed class SyncClient : IDisposable
{
    private readonly HttpClient _http;

    public SyncClient(string server, string? token, string? project = null)
    {
        _http = new HttpClient { BaseAddress = new Uri(server.TrimEnd('/') + "/"), Timeout = TimeSpan.FromMinutes(30) };
        if (token is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (project is not null) _http.DefaultRequestHeaders.Add(Access.Thing.ProjectHeader, project);
    }

    public SyncCount Sent { get; } = new();

    /// <exception cref="CommandFault">The server refuses, and says why.</exception>
    public async Task<T?> FindAsync<T>(string path, CancellationToken cancellation) where T : class
    {
        using var answer = await _http.GetAsync(path, cancellation);
        if (answer.StatusCode == HttpStatusCode.NotFound) return null;
        await DemandAsync(answer, cancellation);
        return await answer.Content.ReadFromJsonAsync<T>(ContractJson.Options, cancellation);
    }

    public async Task<byte[]> BytesAsync(string path, CancellationToken cancellation)
    {
        using var answer = await _http.GetAsync(path, cancellation);
        await DemandAsync(answer, cancellation);
        return await answer.Content.ReadAsByteArrayAsync(cancellation);
    }

    public Task<Stream> StreamAsync(string path, CancellationToken cancellation) => _http.GetStreamAsync(path, cancellation);

    public async Task ImportAsync(byte[] bundle, bool publish, CancellationToken cancellation)
    {
        using var answer = await _http.PostAsync($"api/flows/import?publish={(publish ? "true" : "false")}", new ByteArrayContent(bundle), cancellation);
        await DemandAsync(answer, cancellation);
        Sent.Flows++;
    }

    /// <summary>Sends bytes that the server does not have. It keeps them whole, with this digest, or not at all.</summary>
    public async Task UploadAsync(string sha256, Func<CancellationToken, Task<Stream>> open, CancellationToken cancellation)
    {
        using (var has = await _http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "api/artifacts/" + sha256), cancellation))
            if (has.StatusCode == HttpStatusCode.OK) return;
        await using var bytes = await open(cancellation);
        using var answer = await _http.PutAsync("api/artifacts/" + sha256, new StreamContent(bytes), cancellation);
        await DemandAsync(answer, cancellation);
        Sent.Files++;
    }

    public async Task PutRunAsync(string id, JsonNode run, CancellationToken cancellation)
    {
        using var answer = await _http.PutAsync("api/sync/runs/" + Uri.EscapeDataString(id), Json(run), cancellation);
        await DemandAsync(answer, cancellation);
        if ((await answer.Content.ReadFromJsonAsync<RecordedTaken>(ContractJson.Options, cancellation))!.IsNew) Sent.Runs++;
    }

    /// <summary>Where the next entry of a writer goes.</summary>
    public async Task<long> AcceptedAsync(EntryStream stream, CancellationToken cancellation) => await SendAsync(stream, 0, [], cancellation);

    /// <summary>Sends entries; those that the server refuses are said and left out.</summary>
    /// <returns>How many entries of the writer the server has now.</returns>
    public async Task<long> SendAsync(EntryStream stream, long from, IReadOnlyList<JsonNode?> entries, CancellationToken cancellation)
    {
        var rest = entries.ToList();
        while (true)
        {
            var body = new JsonObject { ["writer"] = stream.Writer, ["from"] = from, ["stepId"] = stream.StepId, ["entries"] = new JsonArray([.. rest.Select(entry => entry?.DeepClone())]) };
            using var answer = await _http.PostAsync($"api/runs/{stream.RunId}/tracking", Json(body), cancellation);
            if (answer.StatusCode == HttpStatusCode.UnprocessableEntity && LeaveOut(stream, await answer.Content.ReadFromJsonAsync<JsonObject>(cancellation), rest)) continue;
            await DemandAsync(answer, cancellation);
            var accepted = (await answer.Content.ReadFromJsonAsync<TrackingTaken>(ContractJson.Options, cancellation))!.Accepted;
            Sent.Entries += Math.Max(0, Math.Min(accepted - from, entries.Count));
            return accepted;
        }
    }

    public void Dispose() => _http.Dispose();

    // One that is left out counts, so that those behind it keep their numbers.
    private bool LeaveOut(EntryStream stream, JsonObject? problem, List<JsonNode?> entries)
    {
        var isAny = false;
        foreach (var one in problem?["problems"]?.AsArray() ?? [])
        {
            if ((string?)one?["field"] is not { } field || !field.StartsWith("entries[", StringComparison.Ordinal) || !int.TryParse(field[8..^1], out var place) || entries[place] is null) continue;
            Sent.Refused.Add($"{stream.RunId}: {(string?)one["message"]}");
            (entries[place], isAny) = (null, true);
        }
        return isAny;
    }

    private static StringContent Json(JsonNode body) => new(body.ToJsonString(ContractJson.Options), Encoding.UTF8, "application/json");

    private static async Task DemandAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        if (answer.IsSuccessStatusCode) return;
        var said = await Runners.HubHttp.SaidAsync(answer, cancellation);
        // Whoever comes later finds it as it is: that is worth another try, a refusal is not.
        throw (int)answer.StatusCode is 408 or 429 or >= 500 ? new HttpRequestException(said, null, answer.StatusCode) : new CommandFault(said);
    }
}

/// <summary>What one writer says of a step of a run.</summary>
/// <param name="StepId">Null for the run itself.</param>
public sealed record EntryStream(string RunId, string? StepId, string Writer);

/// <summary>What was sent, and what was not taken.</summary>
public sealed class SyncCount
{
    public int Flows { get; set; }

    public int Runs { get; set; }

    public int Files { get; set; }

    public long Entries { get; set; }

    public List<string> Refused { get; } = [];

    internal long All => Flows + Runs + Files + Entries + Refused.Count;
}
