using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Tests.Crash;
using Flows.Tests.Runners;
using Flows.Tests.Support;
using Scripts = Flows.Tests.Robustness.Python;

namespace Flows.Tests.Runs;

/// <summary>Two orchestrators and two runners on one PostgreSQL share runs, and one orchestrator after the other is killed.</summary>
public sealed class SharedRunsTests(PostgresServer postgres) : IDisposable
{
    private const int Lines = 10;
    private static readonly string[] Flows = ["inline", "inline", "probes", "script", "inline"];

    private readonly string _folder = Directory.CreateTempSubdirectory("flows-shared-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Two_orchestrators_and_two_runners_share_200_runs_and_a_kill_of_either_orchestrator_loses_none()
    {
        Scripts.Required();
        var storage = await postgres.NewDatabaseAsync();
        await using var site = await ServerSite.StartAsync(_folder, storage, new SiteShape([0, 0], Runners: 2));
        foreach (var flow in Definitions()) await site.Servers[0].Http.ImportFlowAsync(flow);
        var owners = new List<string> { await IdAsync(site.Servers[0]), await IdAsync(site.Servers[1]) };

        var ended = await EndAsync(site.Servers[1], await StartHundredAsync(site, doomed: 0));
        await site.StartServerAsync(0);
        owners.Add(await IdAsync(site.Servers[0]));
        ended.AddRange(await EndAsync(site.Servers[0], await StartHundredAsync(site, doomed: 1)));

        Assert.Equal(200, ended.Select(run => run.Id).Distinct().Count());
        Assert.All(ended, AsExpected);
        await JournalsAreWholeAsync(site.Servers[0].Http, storage, ended);
        Assert.Equal(["runner-0", "runner-1"], ended.SelectMany(run => run.Steps).Select(step => step.Runner).OfType<string>().Distinct().Order());
        var taken = new JournalAudit(site.Data, storage).Owners(ended.Select(run => run.Id));
        // The second took runs over from the first, and the first, started anew, from the second; both had some of their own.
        Assert.Equal(owners.Skip(1).Order(), taken.Where(run => run.Count > 0).Select(run => run[^1]).Distinct().Order());
        Assert.Contains(taken, run => run.Count == 0);
    }

    private static void AsExpected(RunRecord run)
    {
        Assert.Equal((RunSubStatus.Finished, 0), (run.SubStatus, run.Incidents.Count));
        Assert.Equal(run.DefinitionId == "inline" ? [.. Texts("a"), .. Texts("b")] : ["before", "after"], run.Lines);
        Assert.All(run.Steps, step => Assert.Equal(StepStatus.Completed, step.Status));
    }

    private static async Task JournalsAreWholeAsync(HttpClient http, string storage, IReadOnlyList<RunRecord> ended)
    {
        var audit = new JournalAudit("", storage);
        var definitions = new Dictionary<string, FlowDefinition>();
        foreach (var flow in ended.DistinctBy(run => run.DefinitionId))
            definitions[flow.DefinitionId] = FlowFile.ReadOne(await http.GetStringAsync($"/api/runs/{flow.Id}/definition"));
        Assert.Empty(ended.SelectMany(run => audit.Of(run, definitions[run.DefinitionId])));
        await Eventually.HoldsAsync(() => !audit.Left().Any(), seconds: 10);
        Assert.Empty(audit.Left());
    }

    // The one is killed when it has just begun the last of its fifty, and the other still begins its own.
    private static async Task<IReadOnlyList<string>> StartHundredAsync(ServerSite site, int doomed)
    {
        var (its, others) = (StartFiftyAsync(site.Servers[doomed]), StartFiftyAsync(site.Servers[1 - doomed]));
        await its;
        await site.KillServerAsync(doomed);
        return [.. await its, .. await others];
    }

    private static async Task<IReadOnlyList<string>> StartFiftyAsync(HubProcess server)
    {
        var started = new List<string>();
        for (var i = 0; i < 50; i++) started.Add(await server.Http.StartRunAsync(Flows[i % Flows.Length]));
        return started;
    }

    private static async Task<List<RunRecord>> EndAsync(HubProcess server, IReadOnlyList<string> runs)
    {
        var ended = new List<RunRecord>();
        foreach (var run in runs) ended.Add(await server.Http.UntilRunAsync(run, record => record.Status == RunStatus.Finished));
        return ended;
    }

    private static async Task<string> IdAsync(HubProcess server) =>
        (string)(await server.Http.GetFromJsonAsync<JsonArray>("/api/orchestrators"))!.Single(one => one!["isThis"]!.GetValue<bool>())!["id"]!;

    private static IEnumerable<string> Definitions() =>
    [
        Some.Chain("inline", [.. Lined("a"), Some.Delay("d", 0.5), .. Lined("b")]),
        Some.Chain("probes", Some.Line("x", "before"), RunnerSite.Probe("p", 0.1), RunnerSite.Probe("q", 0.1), Some.Line("y", "after")),
        Some.Chain("script", Some.Line("x", "before"), Scripts.Step("s", "print(sum(range(1000)))"), Some.Line("y", "after")),
    ];

    private static IEnumerable<JsonObject> Lined(string id) => Texts(id).Select((text, i) => Some.Line($"{id}{i}", text));

    private static IEnumerable<string> Texts(string id) => Enumerable.Range(0, Lines).Select(i => $"{id} {i}");
}
