using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Contract.Triggers;
using Flows.Hub;
using Flows.Tests.Support;
using Microsoft.AspNetCore.Builder;

namespace Flows.Benchmarks;

/// <summary>
/// How long after something happened its run is under way, through the real server: a file that is written until the run's first
/// step has started (without settle time, which is a wait that the author asks for), and a cron that fires every second until its fire is written down.
/// </summary>
public static class TriggerBench
{
    private const int Files = 100;
    private const int Seconds = 20;

    public static async Task<IReadOnlyList<BenchResult>> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("flows-bench-").FullName;
        try
        {
            await using var app = HubHost.Build(new HubOptions { Data = Path.Combine(folder, "data"), Urls = "http://127.0.0.1:0" });
            await app.StartAsync();
            using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
            var files = await FilesAsync(http, Directory.CreateDirectory(Path.Combine(folder, "watched")).FullName);
            var cron = await CronAsync(http);
            await app.StopAsync();
            return
            [
                Row($"file written → first step started, {Files} files one after the other, p99, SQLite FULL", Percentile(files, 0.99), 250),
                Row("the same, median", Percentile(files, 0.5), null),
                Row($"cron of every second, {Seconds} s: written down after its time, longest, SQLite FULL", cron.Max(), 100),
                Row("the same, median", Percentile(cron, 0.5), null),
            ];
        }
        finally { Directory.Delete(folder, recursive: true); }
    }

    private static BenchResult Row(string workload, double milliseconds, double? target) =>
        new("trigger", workload, milliseconds, "ms", target, target is null ? null : milliseconds / target, target is null ? "–" : $"< {target} ms");

    private static async Task<List<double>> FilesAsync(HttpClient http, string folder)
    {
        await PublishAsync(http, "files", Some.Activity("on", "Flows.FilesChanged", ("path", Some.Text(folder)), ("settleSeconds", Some.Text("0"))));
        var took = new List<double>();
        for (var i = -5; i < Files; i++)
        {
            var file = Path.Combine(folder, $"{i}.csv");
            var fires = (await TriggerAsync(http, "files")).Fires;
            var at = TimeProvider.System.GetUtcNow();
            await File.WriteAllTextAsync(file, "a,b");
            await UntilAsync(async () => (await TriggerAsync(http, "files")).Fires > fires);
            var run = (await TriggerAsync(http, "files")).LastRunId;
            RunRecord? record = null;
            // A fire is written down before its run is.
            await UntilAsync(async () => (record = await RunAsync(http, run!))?.Status == RunStatus.Finished);
            // The first few find a cold program.
            if (i >= 0) took.Add((record!.Steps.Min(step => step.StartedAt!.Value) - at).TotalMilliseconds);
        }
        return took;
    }

    private static async Task<RunRecord?> RunAsync(HttpClient http, string id)
    {
        using var answer = await http.GetAsync($"/api/runs/{id}");
        return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<RunRecord>(ContractJson.Options) : null;
    }

    private static async Task<List<double>> CronAsync(HttpClient http)
    {
        await PublishAsync(http, "cron", Some.Activity("on", "Flows.Schedule", ("cron", Some.Text("* * * * * *"))));
        List<FireRecord> fires = [];
        await UntilAsync(async () => (fires = (await http.GetFromJsonAsync<List<FireRecord>>("/api/triggers/cron/on/fires", ContractJson.Options))!).Count > Seconds);
        return [.. fires.OrderBy(fire => fire.At).Skip(1).Select(fire => (fire.FiredAt - fire.At).TotalMilliseconds)];
    }

    private static async Task PublishAsync(HttpClient http, string id, JsonObject trigger)
    {
        var flow = Some.Chain(id, trigger, Some.Line("line", "it"));
        (await http.PostAsync("/api/flows/import?publish=true", new StringContent(flow, Encoding.UTF8, "application/json"))).EnsureSuccessStatusCode();
        await UntilAsync(async () => await TriggerAsync(http, id) is { NextAt: not null } or { Watcher: not null });
        await Task.Delay(TimeSpan.FromSeconds(1));
    }

    private static async Task<TriggerRecord> TriggerAsync(HttpClient http, string flow) => (await http.GetFromJsonAsync<List<TriggerRecord>>($"/api/triggers?definitionId={flow}", ContractJson.Options))!.Single();

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!await holds()) await tick.WaitForNextTickAsync();
    }

    private static double Percentile(List<double> values, double share) => values.Order().ElementAt((int)Math.Min(values.Count - 1, Math.Ceiling(share * values.Count) - 1));
}
