using System.Collections.Concurrent;
using System.Net.Http.Json;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Crash;

/// <summary>
/// Runs random flows, kills the server and the parents of its Python steps at random moments, starts it again, and compares
/// how every run ended with how its flow ends when nothing is killed.
/// </summary>
public sealed class CrashCampaign(int seed, string? storage) : IAsyncDisposable
{
    private const int Flows = 6;

    private readonly string _folder = Directory.CreateTempSubdirectory("flows-crash-").FullName;
    private readonly Random _random = new(seed);
    private readonly ConcurrentDictionary<string, string> _accepted = [];
    private readonly Dictionary<string, string> _expected = [];
    private readonly Dictionary<string, FlowDefinition> _definitions = [];
    private HubProcess _hub = null!;

    public CrashFindings Findings { get; } = new(seed);

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Everything that was wrong afterwards; empty when nothing was lost.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(int kills)
    {
        var began = TimeProvider.System.GetTimestamp();
        var trace = new CrashTrace(_folder);
        _hub = await HubProcess.StartAsync(Data, storage);
        for (var flow = 0; flow < Flows; flow++) await _hub.Http.ImportFlowAsync(CrashFlow.Json(FlowSeed(flow), trace));
        await ExpectAsync();
        for (var kill = 0; kill < kills; kill++) await LiveAndDieAsync();
        var ended = await EndedAsync();
        await _hub.TerminateAsync(seconds: 30);
        Findings.Seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        return [.. Lost(ended), .. Unlike(ended), .. Audited(ended), .. Repeated(ended, trace), .. new JournalAudit(Data, storage).Left(), .. await OrphansAsync()];
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        foreach (var (id, _) in Processes.Of(_folder)) Processes.Kill(id);
        await LeftAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private int FlowSeed(int flow) => seed * 1000 + flow;

    // How each flow ends when nothing is killed.
    private async Task ExpectAsync()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, Flows).Select(flow => _hub.Http.StartRunAsync(CrashFlow.Id(FlowSeed(flow)))));
        foreach (var id in runs)
        {
            var run = await _hub.Http.UntilRunAsync(id, record => record.Status == RunStatus.Finished);
            Assert.All(run.Incidents, incident => Assert.True(CrashFlow.MayFault(incident.Message), incident.Message));
            _expected[run.DefinitionId] = EndState.Of(run);
            _definitions[run.DefinitionId] = FlowFile.ReadOne(await _hub.Http.GetStringAsync($"/api/runs/{id}/definition"));
        }
    }

    // One life of the server: some runs are started, parents of Python steps may be killed, then the server is. At times already while it starts.
    private async Task LiveAndDieAsync()
    {
        await StartSomeAsync(_hub.Http, 1);
        var starts = StartSomeAsync(_hub.Http, _random.Next(0, 3));
        await PassAsync(_random.Next(1, 900));
        if (_random.Next(2) == 0) KillForkParents();
        await PassAsync(_random.Next(1, 500));
        await KillAsync();
        await starts;
        while (_random.Next(4) == 0)
        {
            _hub = HubProcess.Begin(Data, storage);
            await PassAsync(_random.Next(100, 1500));
            await KillAsync();
        }
        _hub = await HubProcess.StartAsync(Data, storage);
    }

    private async Task KillAsync()
    {
        await _hub.KillAsync();
        await _hub.DisposeAsync();
        Findings.Kills++;
    }

    private void KillForkParents()
    {
        foreach (var parent in Processes.ForkParents(Data, _hub.Id))
        {
            Processes.Kill(parent);
            Findings.ParentKills++;
        }
    }

    // What was answered with 202 has to end; a start whose answer was lost may have been taken or not.
    private async Task StartSomeAsync(HttpClient http, int runs)
    {
        for (var i = 0; i < runs; i++)
        {
            var flow = CrashFlow.Id(FlowSeed(_random.Next(Flows)));
            try { _accepted[await http.StartRunAsync(flow)] = flow; }
            catch (Exception broken) when (broken is HttpRequestException or OperationCanceledException) { Findings.Refused++; }
        }
    }

    private async Task<IReadOnlyList<RunRecord>> EndedAsync()
    {
        var summaries = new List<RunSummary>();
        while ((await ListAsync(summaries.LastOrDefault()?.Id)) is { Count: > 0 } page) summaries.AddRange(page);
        for (var kill = 0; kill < 3; kill++)
        {
            await PassAsync(_random.Next(200, 800));
            KillForkParents();
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
            async () => (last = (await _hub.Http.GetFromJsonAsync<RunRecord>($"/api/runs/{id}", ContractJson.Options))!).Status == RunStatus.Finished,
            () => $"run {id} is stuck in {string.Join(", ", last!.Steps.Where(step => step.FinishedAt is null).Select(step => $"{step.StepId} {step.ActivityId} {step.Status} {step.Attempt} {step.Runner}"))}");
        return last!;
    }

    private async Task<List<RunSummary>> ListAsync(string? after) =>
        (await _hub.Http.GetFromJsonAsync<List<RunSummary>>($"/api/runs?limit=200{(after is null ? "" : $"&after={after}")}", ContractJson.Options))!;

    private IEnumerable<string> Lost(IReadOnlyList<RunRecord> ended) =>
        _accepted.Keys.Except(ended.Select(run => run.Id)).Select(id => $"run {id} was accepted and is gone");

    private IEnumerable<string> Unlike(IReadOnlyList<RunRecord> ended) => ended
        .Where(run => EndState.Of(run) != _expected[run.DefinitionId])
        .Select(run => $"run {run.Id} of {run.DefinitionId} ended\n{Difference(EndState.Of(run), _expected[run.DefinitionId])}");

    private static string Difference(string was, string expected) => string.Join('\n',
        [.. was.Split('\n').Except(expected.Split('\n')).Select(line => "  with    " + line), .. expected.Split('\n').Except(was.Split('\n')).Select(line => "  without " + line)]);

    private IEnumerable<string> Audited(IReadOnlyList<RunRecord> ended)
    {
        var audit = new JournalAudit(Data, storage);
        return ended.SelectMany(run => audit.Of(run, _definitions[run.DefinitionId]));
    }

    // A script may be begun once in each attempt, and must have come to its end in one when it completed.
    private static IEnumerable<string> Repeated(IReadOnlyList<RunRecord> ended, CrashTrace trace)
    {
        var told = trace.Read();
        foreach (var step in ended.SelectMany(run => run.Steps).Where(step => step.ActivityType == "Flows.PythonScript"))
        {
            var (began, came) = (told[step.StepId].Count(word => word == "began"), told[step.StepId].Count(word => word == "ended"));
            if (began == 0) yield return $"step {step.StepId} never began, but is {step.Status}";
            if (came == 0) yield return $"step {step.StepId} never came to its end, but is {step.Status}";
        }
    }

    private async Task<IEnumerable<string>> OrphansAsync() => (await LeftAsync()).Select(process => $"process {process.Id} is left: {process.Command}");

    // What is dying gets a moment.
    private async Task<IReadOnlyList<(int Id, string Command)>> LeftAsync()
    {
        var since = TimeProvider.System.GetTimestamp();
        var left = Processes.Of(_folder);
        for (; left.Count > 0 && TimeProvider.System.GetElapsedTime(since).TotalSeconds < 5; left = Processes.Of(_folder)) await PassAsync(50);
        return left;
    }

    private static async Task PassAsync(int milliseconds)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Max(1, milliseconds)));
        await timer.WaitForNextTickAsync();
    }
}
