using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Hardships;

/// <summary>PostgreSQL is restarted under load, without letting anybody finish. A server of its own: others are not to feel it.</summary>
public sealed class PostgresRestartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flows-restart-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Fifty_runs_at_two_orchestrators_end_as_they_would_have_when_PostgreSQL_is_restarted_under_them()
    {
        await using var postgres = new PostgresServer();
        var storage = await postgres.NewDatabaseAsync();
        await using var one = await HubProcess.StartAsync(Path.Combine(_folder, "one"), storage);
        await using var two = await HubProcess.StartAsync(Path.Combine(_folder, "two"), storage);
        HubProcess[] hubs = [one, two];
        await one.Http.ImportFlowAsync(Some.Chain("busy", [.. Lines("a", 10), Runners.RunnerSite.Probe("job", 0.1), .. Lines("b", 5), Some.Delay("d", 0.5), .. Lines("c", 10)]));
        var runs = new List<string>();
        for (var i = 0; i < 50; i++) runs.Add(await hubs[i % 2].Http.StartRunAsync("busy"));

        await postgres.RestartAsync();
        await one.Http.UntilRunAsync(runs[0], record => record.Status == RunStatus.Finished);
        await postgres.RestartAsync();

        foreach (var (i, run) in runs.Index())
        {
            var record = await hubs[(i + 1) % 2].Http.UntilRunAsync(run, record => record.Status == RunStatus.Finished);
            Assert.Equal((RunSubStatus.Finished, 25), (record.SubStatus, record.Lines.Count));
            var ends = (await hubs[i % 2].Http.GetFromJsonAsync<JsonArray>($"/api/runs/{run}/journal"))!.Where(entry => (string?)entry!["event"] == "Completed");
            Assert.All(ends.GroupBy(entry => (string?)entry!["activityId"]), step => Assert.Single(step));
        }
        foreach (var hub in hubs)
        {
            Assert.Contains("healthy", await hub.Http.GetStringAsync("/health"));
            Assert.Equal(2, (await hub.Http.GetFromJsonAsync<JsonArray>("/api/orchestrators"))!.Count(other => (string?)other!["status"] == "online"));
            var again = await hub.Http.StartRunAsync("busy");
            await hub.Http.UntilRunAsync(again, record => record.SubStatus == RunSubStatus.Finished);
        }
    }

    private static IEnumerable<JsonObject> Lines(string id, int count) => Enumerable.Range(0, count).Select(i => Some.Line($"{id}{i}", $"{id} {i}"));
}
