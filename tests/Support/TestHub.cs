using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Flows;
using Flows.Contract.Runs;
using Flows.Hub;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Support;

/// <summary>The real server in this process, on a free port, with a data folder of its own that goes when it is disposed.</summary>
public sealed class TestHub : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly bool _ownsData;

    private TestHub(WebApplication app, string data, bool ownsData)
    {
        (_app, Data, _ownsData) = (app, data, ownsData);
        Url = app.Urls.First();
        Http = new HttpClient { BaseAddress = new Uri(Url) };
    }

    public string Data { get; }

    public string Url { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    /// <param name="data">A folder to keep, for a server that is started again on it; by default a new one that is removed.</param>
    /// <param name="clock">The clock of its machine; by default this one's.</param>
    public static async Task<TestHub> StartAsync(string? data = null, HubOptions? options = null, TimeProvider? clock = null)
    {
        var folder = data ?? Directory.CreateTempSubdirectory("flows-hub-").FullName;
        var app = HubHost.Build((options ?? new HubOptions()) with { Urls = "http://127.0.0.1:0", Data = folder }, builder => builder.Services.AddSingleton(clock ?? TimeProvider.System));
        await app.StartAsync();
        return new TestHub(app, folder, data is null);
    }

    /// <summary>Imports and publishes flow files.</summary>
    public async Task<IReadOnlyList<FlowSaved>> ImportAsync(string json)
    {
        var answer = await Http.PostAsync("/api/flows/import?publish=true", new StringContent(json, Encoding.UTF8, "application/json"));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<IReadOnlyList<FlowSaved>>(ContractJson.Options))!;
    }

    public async Task<RunRecord> RunAsync(string definitionId, JsonObject? inputs = null, double wait = 120)
    {
        var answer = await Http.PostAsJsonAsync($"/api/flows/{definitionId}/runs?wait={wait}", new RunRequest { Inputs = inputs }, ContractJson.Options);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<RunRecord>(ContractJson.Options))!;
    }

    public async Task<string> StartRunAsync(string definitionId)
    {
        var answer = await Http.PostAsJsonAsync($"/api/flows/{definitionId}/runs", new RunRequest(), ContractJson.Options);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!["runId"]!.GetValue<string>();
    }

    public async Task<RunRecord> RecordAsync(string runId) =>
        (await Http.GetFromJsonAsync<RunRecord>($"/api/runs/{runId}", ContractJson.Options))!;

    /// <summary>Reads the record until it is as wanted; fails after a minute with what it was last.</summary>
    public async Task<RunRecord> UntilAsync(string runId, Func<RunRecord, bool> wanted)
    {
        RunRecord? last = null;
        await Eventually.TrueAsync(async () => wanted(last = await RecordAsync(runId)), () => $"the run stayed {last?.SubStatus}");
        return last!;
    }

    public async Task HealthyAsync() => Assert.Contains("healthy", await Http.GetStringAsync("/health"));

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownsData) Directory.Delete(Data, recursive: true);
    }
}
