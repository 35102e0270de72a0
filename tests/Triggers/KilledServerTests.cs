using System.Net.Http.Json;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Contract.Triggers;
using Flows.Tests.Support;

namespace Flows.Tests.Triggers;

/// <summary>A server is killed while triggers fire: by the clock, by files, by requests that are sent again as senders do. Nothing is lost and nothing doubled.</summary>
public sealed class KilledServerTests(PostgresServer postgres) : IDisposable
{
    private const int Deliveries = 60;

    private readonly string _watched = Directory.CreateTempSubdirectory("flows-watched-").FullName;

    [Theory, InlineData(StorageKind.Sqlite), LongData(StorageKind.Postgres)]
    public async Task Each_time_file_and_delivery_is_one_run(StorageKind kind)
    {
        // Two servers and what the dead one had: most of a minute on a quiet machine.
        using var storage = await TestStorage.NewAsync(kind, postgres);
        using var other = await TestStorage.NewAsync(StorageKind.Sqlite, postgres);
        var first = await HubProcess.StartAsync(storage.Folder, storage.Connection);
        // Another one on the same database, or the same one again.
        var second = kind == StorageKind.Postgres ? await HubProcess.StartAsync(other.Folder, storage.Connection) : null;
        try
        {
            await PublishAsync(first.Http);
            var path = await AddressAsync(first.Http);
            await WriteAsync("before", 20);
            var sending = SendAllAsync(first.Http, path);
            await Eventually.TrueAsync(async () => (await FiresAsync(second?.Http ?? first.Http, "hook")) >= Deliveries / 3);
            await first.KillAsync();
            Assert.InRange((await sending).Count(answered => answered), 0, Deliveries);
            await WriteAsync("after", 20);

            second ??= await HubProcess.StartAsync(storage.Folder);
            await SendAllAsync(second.Http, path);

            await UntilOverAsync(second.Http, "hook", runs => runs.Count >= Deliveries);
            await UntilOverAsync(second.Http, "files", runs => runs.Count >= 1);
            await Eventually.TrueAsync(async () => (await FilesAsync(second.Http)).Count == 40, seconds: 40);
            await Eventually.TrueAsync(async () => (await TimesAsync(second.Http)).Max() > TimeProvider.System.GetUtcNow().AddSeconds(-3), seconds: 40);

            Assert.Equal(Deliveries, (await RunsAsync(second.Http, "hook")).Count);
            Assert.Equal(40, (await FilesAsync(second.Http)).Distinct().Count());
            var times = await TimesAsync(second.Http);
            Assert.Equal(times.Count, times.Distinct().Count());
            Assert.Equal(times.Count, (times.Max() - times.Min()).TotalSeconds + 1);
        }
        finally
        {
            await first.DisposeAsync();
            if (second is not null) await second.DisposeAsync();
        }
    }

    public void Dispose() => Directory.Delete(_watched, recursive: true);

    private async Task PublishAsync(HttpClient http)
    {
        await http.ImportFlowAsync(TriggerCalls.Flow("seconds", TriggerCalls.Trigger("Flows.Schedule", ("cron", "* * * * * *"), ("misfire", "fireAll"))));
        await http.ImportFlowAsync(TriggerCalls.Flow("hook", TriggerCalls.Trigger("Flows.Webhook")));
        await http.ImportFlowAsync(TriggerCalls.Flow("files", TriggerCalls.Trigger("Flows.FilesChanged", ("path", _watched), ("settleSeconds", "0.2"), ("pollSeconds", "1")), "getOutputFrom('on').files.map(file => file.name).join()"));
        await Eventually.TrueAsync(async () => (await TriggersAsync(http, "files"))[0].IsWatching);
    }

    private static async Task<string> AddressAsync(HttpClient http) =>
        new Uri((await (await http.PostAsync("/api/triggers/hook/on/token", null)).Content.ReadFromJsonAsync<WebhookAddress>(ContractJson.Options))!.Url).AbsolutePath;

    private async Task WriteAsync(string name, int count)
    {
        for (var i = 0; i < count; i++) await File.WriteAllTextAsync(Path.Combine(_watched, $"{name}{i}.csv"), "x");
    }

    // Whether each got an answer; a dead server gives none.
    private static async Task<bool[]> SendAllAsync(HttpClient http, string path) => await Task.WhenAll(Enumerable.Range(0, Deliveries).Select(async i =>
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("it") };
        request.Headers.Add("Idempotency-Key", $"delivery {i}");
        try { return (await http.SendAsync(request)).IsSuccessStatusCode; }
        catch (HttpRequestException) { return false; }
    }));

    private static async Task UntilOverAsync(HttpClient http, string flow, Func<List<RunSummary>, bool> enough)
    {
        List<RunSummary> runs = [];
        await Eventually.TrueAsync(async () => enough(runs = await RunsAsync(http, flow)) && runs.All(run => run.Status == RunStatus.Finished), () => $"{runs.Count} runs of {flow}, {runs.Count(run => run.Status == RunStatus.Running)} under way");
    }

    private static async Task<List<string>> FilesAsync(HttpClient http)
    {
        var records = await Task.WhenAll((await RunsAsync(http, "files")).Where(run => run.Status == RunStatus.Finished).Select(run => http.GetFromJsonAsync<RunRecord>($"/api/runs/{run.Id}", ContractJson.Options)));
        return [.. records.SelectMany(record => record!.Lines).SelectMany(line => line.Split(','))];
    }

    private static async Task<List<DateTimeOffset>> TimesAsync(HttpClient http) =>
        (await http.GetFromJsonAsync<List<FireRecord>>("/api/triggers/seconds/on/fires", ContractJson.Options))!.ConvertAll(fire => fire.At);

    private static async Task<long> FiresAsync(HttpClient http, string flow) => (await TriggersAsync(http, flow))[0].Fires;

    private static async Task<List<TriggerRecord>> TriggersAsync(HttpClient http, string flow) => (await http.GetFromJsonAsync<List<TriggerRecord>>($"/api/triggers?definitionId={flow}", ContractJson.Options))!;

    private static async Task<List<RunSummary>> RunsAsync(HttpClient http, string flow) => (await http.GetFromJsonAsync<List<RunSummary>>($"/api/runs?definitionId={flow}", ContractJson.Options))!;
}
