using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Checks;
using Flows.Contract.Flows;
using Flows.Contract.Runs;
using Flows.Hub.Storage;
using Microsoft.AspNetCore.Builder;

namespace Flows.Hub.Cli;

/// <summary>The command line's way to a server: a remote one, the one that owns the data folder, or one started here for the command's time.</summary>
internal sealed class HubClient : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly WebApplication? _own;

    private HubClient(string url, string? token, WebApplication? own)
    {
        _own = own;
        _http = new HttpClient { BaseAddress = new Uri(url), Timeout = Timeout.InfiniteTimeSpan };
        if (token is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public static async Task<HubClient> ConnectAsync(string? server, string? token, HubOptions options)
    {
        if (server is not null) return new HubClient(server, token, null);
        try
        {
            var own = HubHost.Build(options with { Urls = "http://127.0.0.1:0" }, Serve);
            await own.StartAsync();
            return new HubClient(own.Urls.First(), token, own);
        }
        catch (DataFolderOwned owned) when (owned.Url is not null)
        {
            return new HubClient(owned.Url, token, null);
        }
    }

    // Standard output belongs to the command's answer.
    private static void Serve(WebApplicationBuilder builder)
    {
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton<IHostLifetime, CommandsLifetime>();
    }

    // The server lives as long as the command, which sees to signals itself.
    private sealed class CommandsLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellation) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellation) => Task.CompletedTask;
    }

    public static HubClient To(string url) => new(url, null, null);

    public string Url => _http.BaseAddress!.ToString().TrimEnd('/');

    public async Task<IReadOnlyList<FlowSaved>> ImportAsync(byte[] content, bool publish) =>
        await ReadAsync<IReadOnlyList<FlowSaved>>(await _http.PostAsync($"/api/flows/import?publish={(publish ? "true" : "false")}", new ByteArrayContent(content)));

    /// <summary>Sends a file of any size as it is read.</summary>
    public async Task<IReadOnlyList<FlowSaved>> ImportAsync(FileInfo file, bool publish)
    {
        await using var content = file.OpenRead();
        return await ReadAsync<IReadOnlyList<FlowSaved>>(await _http.PostAsync($"/api/flows/import?publish={(publish ? "true" : "false")}", new StreamContent(content)));
    }

    /// <summary>Installed again it becomes the next version.</summary>
    public async Task<IReadOnlyList<FlowSaved>> InstallAsync(string id) =>
        await ReadAsync<IReadOnlyList<FlowSaved>>(await _http.PostAsJsonAsync($"/api/library/{id}/install", new InstallRequest { Choice = InstallChoice.Replace }, ContractJson.Options));

    public async Task UploadAsync(string definitionId, string path, string file)
    {
        await using var content = File.OpenRead(file);
        await ReadAsync<JsonNode>(await _http.PutAsync($"/api/flows/{Uri.EscapeDataString(definitionId)}/files/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}", new StreamContent(content)));
    }

    public async Task<byte[]> ExportAsync(string definitionId, int? version, bool bundle)
    {
        var query = $"format={(bundle ? "bundle" : "json")}{(version is null ? "" : $"&version={version}")}";
        var answer = await _http.GetAsync($"/api/flows/{Uri.EscapeDataString(definitionId)}/export?{query}");
        await DemandAsync(answer);
        return await answer.Content.ReadAsByteArrayAsync();
    }

    public async Task<string> StartAsync(string definitionId, RunRequest request) =>
        (await ReadAsync<JsonObject>(await _http.PostAsJsonAsync($"/api/flows/{Uri.EscapeDataString(definitionId)}/runs", request, ContractJson.Options)))["runId"]!.GetValue<string>();

    public async Task<RunRecord> RecordAsync(string runId) => await GetAsync<RunRecord>($"/api/runs/{runId}");

    public Task CancelAsync(string runId) => _http.PostAsync($"/api/runs/{runId}/cancel", null);

    public async Task<T> GetAsync<T>(string path) => await ReadAsync<T>(await _http.GetAsync(path));

    /// <summary>Writes what is answered as it comes.</summary>
    public async Task DownloadAsync(string path, Stream target)
    {
        using var answer = await _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        await DemandAsync(answer);
        await answer.Content.CopyToAsync(target);
    }

    /// <param name="requestId">What the request is called; null: the server makes a name.</param>
    public async Task<T> PostAsync<T>(string path, JsonNode body, string? requestId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, options: ContractJson.Options) };
        if (requestId is not null) request.Headers.Add("X-Request-Id", requestId);
        return await ReadAsync<T>(await _http.SendAsync(request));
    }

    public async Task PutAsync(string path, JsonNode body) => await DemandAsync(await _http.PutAsJsonAsync(path, body, ContractJson.Options));

    public async Task DeleteAsync(string path) => await DemandAsync(await _http.DeleteAsync(path));

    /// <summary>The run's events as they come, until its end; a broken connection is taken up again with a snapshot.</summary>
    public async IAsyncEnumerable<(string Kind, string Data)> WatchAsync(string runId, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            await using var stream = await _http.GetStreamAsync($"/api/runs/{runId}/events", cancellation);
            await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellation))
            {
                yield return (item.EventType, item.Data);
                if (item.EventType == "end") yield break;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_own is null) return;
        await _own.StopAsync();
        await _own.DisposeAsync();
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer)
    {
        await DemandAsync(answer);
        return answer.StatusCode == System.Net.HttpStatusCode.NoContent ? default! : (await answer.Content.ReadFromJsonAsync<T>(ContractJson.Options))!;
    }

    private static async Task DemandAsync(HttpResponseMessage answer)
    {
        if (answer.IsSuccessStatusCode) return;
        var text = await answer.Content.ReadAsStringAsync();
        throw new CommandFault(Sentences(text) ?? $"The server answered {(int)answer.StatusCode}.");
    }

    private static string? Sentences(string text)
    {
        try
        {
            if (JsonNode.Parse(text) is not JsonObject problem) return null;
            var said = new StringBuilder(problem["detail"]?.GetValue<string>() ?? problem["title"]?.GetValue<string>() ?? problem["error"]?.ToString());
            foreach (var found in problem["problems"].Deserialize<List<FlowProblem>>(ContractJson.Options) ?? []) said.AppendLine().Append(Shown.Problem(found));
            return said.ToString();
        }
        catch (JsonException) { return null; }
    }
}
