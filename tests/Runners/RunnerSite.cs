using Flows.Contract.Runners;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Hub;
using Flows.Hub.Runners;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Runners;

/// <summary>A server without a runner of its own, and runners as processes around it.</summary>
internal sealed class RunnerSite : IAsyncDisposable
{
    private readonly List<RunnerProcess> _runners = [];

    private RunnerSite(TestHub hub, string? storage) => (Hub, Storage) = (hub, storage);

    public TestHub Hub { get; }

    public string? Storage { get; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("flows-runners-").FullName;

    public string Token => Hub.Services.GetRequiredService<RunnerToken>().Value;

    /// <param name="storage">Null: SQLite, and the runners are given their jobs over HTTP.</param>
    /// <param name="clock">The server's; by default this machine's.</param>
    public static async Task<RunnerSite> StartAsync(string? storage = null, TimeProvider? clock = null) =>
        new(await TestHub.StartAsync(options: new HubOptions { Storage = storage, Capacity = 0 }, clock: clock), storage);

    public async Task<RunnerProcess> RunnerAsync(string name, params string[] arguments)
    {
        var runner = Start(name, arguments);
        await UntilAsync(list => list.Any(one => one.Name == name && one.Status == "online"), () => runner.Said);
        return runner;
    }

    public RunnerProcess Start(string name, params string[] arguments)
    {
        var runner = RunnerProcess.Start(["--server", Hub.Url, "--token", Token, "--name", name, "--data", Path.Combine(Folder, name), .. Storage is null ? Array.Empty<string>() : ["--storage", Storage], .. arguments]);
        _runners.Add(runner);
        return runner;
    }

    public async Task<IReadOnlyList<RunnerRecord>> RunnersAsync() => (await Hub.Http.GetFromJsonAsync<IReadOnlyList<RunnerRecord>>("/api/runners", ContractJson.Options))!;

    public Task UntilAsync(Func<IReadOnlyList<RunnerRecord>, bool> wanted, Func<string>? otherwise = null) =>
        Eventually.TrueAsync(async () => wanted(await RunnersAsync()), otherwise);

    public async ValueTask DisposeAsync()
    {
        foreach (var runner in _runners) await runner.DisposeAsync();
        await Hub.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A step that takes a runner's place for a while.</summary>
    public static JsonObject Probe(string id, double seconds, JsonObject? custom = null)
    {
        var step = Some.Activity(id, "Flows.Probe", ("seconds", Some.Text(seconds.ToString(System.Globalization.CultureInfo.InvariantCulture))));
        if (custom is not null) step["customProperties"] = custom;
        return step;
    }

    /// <summary>Steps that have nothing to do with each other.</summary>
    public static string AtOnce(string id, params JsonObject[] steps) => new JsonObject
    {
        ["definitionId"] = id,
        ["name"] = id,
        ["root"] = new JsonObject { ["id"] = "all", ["type"] = "Elsa.Parallel", ["activities"] = new JsonArray([.. steps]) },
    }.ToJsonString(ContractJson.Options);
}
