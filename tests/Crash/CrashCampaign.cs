using System.Collections.Concurrent;
using System.Net.Http.Json;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Crash;

/// <summary>
/// Runs random flows, kills servers, runners and the parents of Python steps at random moments, starts them again, and compares
/// how every run ended with how its flow ends when nothing is killed. On PostgreSQL two servers share the runs, with two
/// runners beside their own; on SQLite there is one server.
/// </summary>
public sealed class CrashCampaign(int seed, string? storage) : IAsyncDisposable
{
    private const int Flows = 6;

    private readonly string _folder = Directory.CreateTempSubdirectory("flows-crash-").FullName;
    private readonly Random _random = new(seed);
    private readonly ConcurrentDictionary<string, string> _accepted = [];
    private readonly Dictionary<string, string> _expected = [];
    private readonly Dictionary<string, FlowDefinition> _definitions = [];
    private ServerSite _site = null!;
    private CrashKiller _killer = null!;

    public CrashFindings Findings { get; } = new(seed);

    private HttpClient Http => _site.Servers[0].Http;

    /// <summary>Everything that was wrong afterwards; empty when nothing was lost.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(int kills)
    {
        var began = TimeProvider.System.GetTimestamp();
        var trace = new CrashTrace(_folder);
        _site = await ServerSite.StartAsync(_folder, storage, storage is null ? new SiteShape([2]) : new SiteShape([1, 1], Runners: 2));
        _killer = new CrashKiller(_site, _folder, _random, Findings);
        for (var flow = 0; flow < Flows; flow++) await Http.ImportFlowAsync(CrashFlow.Json(FlowSeed(flow), trace));
        await ExpectAsync();
        for (var kill = 0; kill < kills; kill++) await LiveAndDieAsync();
        var ended = await EndedAsync();
        var audit = new JournalAudit(_site.Data, storage);
        await Eventually.HoldsAsync(() => !audit.Left().Any() && !audit.Queued().Any(), seconds: 20);
        // While there is somebody to do it: what a worker has just fetched it gives back to its queue when its process is asked to end.
        var queued = audit.Queued().ToList();
        await _site.TerminateAsync(seconds: 30);
        Findings.Seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        var (verdict, told) = (new CrashVerdict(ended, _expected), trace.Read());
        return [.. verdict.Lost(_accepted.Keys), .. verdict.Unlike(), .. verdict.Audited(audit, _definitions), .. verdict.Repeated(told), .. verdict.Crowded(told), .. audit.Left(), .. queued, .. await OrphansAsync()];
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        foreach (var (id, _) in Processes.Of(_folder)) Processes.Kill(id);
        await LeftAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private int FlowSeed(int flow) => seed * 1000 + flow;

    // How each flow ends when nothing is killed.
    private async Task ExpectAsync()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, Flows).Select(flow => Http.StartRunAsync(CrashFlow.Id(FlowSeed(flow)))));
        foreach (var id in runs)
        {
            var run = await Http.UntilRunAsync(id, record => record.Status == RunStatus.Finished);
            Assert.All(run.Incidents, incident => Assert.True(CrashFlow.MayFault(incident.Message), incident.Message));
            _expected[run.DefinitionId] = EndState.Of(run);
            _definitions[run.DefinitionId] = FlowFile.ReadOne(await Http.GetStringAsync($"/api/runs/{id}/definition"));
        }
    }

    // Some runs are started, parents of Python steps may be killed, then a server or runner is.
    private async Task LiveAndDieAsync()
    {
        await StartSomeAsync(1);
        var starts = StartSomeAsync(_random.Next(0, 3));
        await _killer.PassAsync(1, 900);
        if (_random.Next(2) == 0) _killer.KillForkParents();
        await _killer.PassAsync(1, 500);
        var victim = await _killer.KillAsync();
        await starts;
        await _killer.ReviveAsync(victim);
    }

    // What was answered with 202 has to end; a start whose answer was lost may have been taken or not.
    private async Task StartSomeAsync(int runs)
    {
        // Chosen before the first is waited for: the seed's numbers are the killer's after that.
        var chosen = Enumerable.Range(0, runs).Select(_ => (_site.Servers[_random.Next(_site.Servers.Count)].Http, CrashFlow.Id(FlowSeed(_random.Next(Flows))))).ToList();
        foreach (var (http, flow) in chosen)
        {
            try { _accepted[await http.StartRunAsync(flow)] = flow; }
            catch (Exception broken) when (broken is HttpRequestException or OperationCanceledException or ObjectDisposedException) { Findings.Refused++; }
        }
    }

    private async Task<IReadOnlyList<RunRecord>> EndedAsync()
    {
        var summaries = new List<RunSummary>();
        while ((await ListAsync(summaries.LastOrDefault()?.Id)) is { Count: > 0 } page) summaries.AddRange(page);
        for (var kill = 0; kill < 3; kill++)
        {
            await _killer.PassAsync(200, 800);
            _killer.KillForkParents();
        }
        var ended = new List<RunRecord>();
        // Oldest first: whoever was begun first waits for nobody else.
        foreach (var summary in Enumerable.Reverse(summaries)) ended.Add(await EndAsync(summary.Id));
        Findings.Take(ended);
        return ended;
    }

    private async Task<RunRecord> EndAsync(string id)
    {
        RunRecord? last = null;
        await Eventually.TrueAsync(
            async () => (last = (await Http.GetFromJsonAsync<RunRecord>($"/api/runs/{id}", ContractJson.Options))!).Status == RunStatus.Finished,
            () => $"run {id} is stuck in {string.Join(", ", last!.Steps.Where(step => step.FinishedAt is null).Select(step => $"{step.StepId} {step.ActivityId} {step.Status} {step.Attempt} {step.Runner}"))}");
        return last!;
    }

    private async Task<List<RunSummary>> ListAsync(string? after) =>
        (await Http.GetFromJsonAsync<List<RunSummary>>($"/api/runs?limit=200{(after is null ? "" : $"&after={after}")}", ContractJson.Options))!;

    private async Task<IEnumerable<string>> OrphansAsync() => (await LeftAsync()).Select(process => $"process {process.Id} is left: {process.Command}");

    // What is dying gets a moment.
    private async Task<IReadOnlyList<(int Id, string Command)>> LeftAsync()
    {
        var left = Processes.Of(_folder);
        await Eventually.HoldsAsync(() => (left = Processes.Of(_folder)).Count == 0, seconds: 5);
        return left;
    }
}
