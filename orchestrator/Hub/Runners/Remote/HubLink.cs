using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Threading.Channels;
using Flows.Contract;

namespace Flows.Hub.Runners;

/// <summary>
/// A runner's way to the server over HTTP. Reports go in batches and in order, each tried until the server has it; while the
/// server is away results wait on the disk, and log lines in memory up to a limit.
/// </summary>
public sealed class HubLink(RunnerPass pass, RunnerOptions options, Outbox outbox, ILogger<HubLink> log) : BackgroundService, IRunnerLink
{
    private const int MostOfBatch = 500;
    private const int MostLines = 50_000;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(15);
    // The server answers when it is in the journals, for which it waits while its database restarts.
    private static readonly TimeSpan ReportLimit = TimeSpan.FromSeconds(60);

    private readonly Channel<StepReport> _reports = Channel.CreateUnbounded<StepReport>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<string, bool> _undelivered = [];
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _lines;

    public string Runner => options.Name;

    public IReadOnlyCollection<string> Undelivered => [.. _undelivered.Keys];

    /// <summary>Ends when a job's end was delivered, for a runner of one step.</summary>
    public event Action<StepReport>? Delivered;

    public async Task<IReadOnlyList<StepAssignment>> TakeAsync(IReadOnlyList<string> keys, CancellationToken cancellation)
    {
        try
        {
            return await pass.AskAsync("take", new TakeRequest(options.Session, keys) { Runner = options.Name }, AnswerLimit, ReadAsync, cancellation);
        }
        // They are this runner's still: a heartbeat gives them again.
        catch (Exception away) when (away is HttpRequestException or IOException or RunnerRefused) { log.LogWarning("Jobs could not be taken: {Reason}", away.Message); }
        return [];
    }

    private async Task<IReadOnlyList<StepAssignment>> ReadAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        if (answer.IsSuccessStatusCode) return (await answer.Content.ReadFromJsonAsync<IReadOnlyList<StepAssignment>>(ContractJson.Options, cancellation))!;
        log.LogWarning("Jobs could not be taken: {Reason}", await HubHttp.SaidAsync(answer, cancellation));
        return [];
    }

    public void Report(StepReport report)
    {
        if (report is StepReport.Logged && Interlocked.Increment(ref _lines) > MostLines) return;
        if (report.IsEnd) _undelivered[report.Key] = true;
        if (report is StepReport.Ended result) outbox.Put(result);
        _reports.Writer.TryWrite(report);
    }

    /// <summary>Delivers what an earlier process of this runner left behind, before the server gives its jobs to others.</summary>
    public async Task DeliverLeftAsync(CancellationToken cancellation)
    {
        foreach (var left in outbox.Left().Where(left => left.Session != options.Session).GroupBy(left => left.Session))
            await DeliverAsync([.. left.Select(one => one.Result)], left.Key, cancellation);
    }

    /// <summary>Waits until everything is delivered, and takes no more.</summary>
    public Task CloseAsync()
    {
        _reports.Writer.TryComplete();
        return _closed.Task;
    }

    // It outlives the host's other parts, which report until they end.
    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        while (await _reports.Reader.WaitToReadAsync(CancellationToken.None))
        {
            var batch = new List<StepReport>();
            while (batch.Count < MostOfBatch && _reports.Reader.TryRead(out var report)) batch.Add(report);
            Interlocked.Add(ref _lines, -batch.Count(report => report is StepReport.Logged));
            await DeliverAsync(batch, options.Session, CancellationToken.None);
        }
        _closed.TrySetResult();
    }

    private async Task DeliverAsync(IReadOnlyList<StepReport> batch, string session, CancellationToken cancellation)
    {
        for (var attempt = 0; !await TryDeliverAsync(batch, session, cancellation); attempt++)
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(50 << Math.Min(attempt, 8), LongestPause.TotalMilliseconds)), cancellation);
        foreach (var report in batch.Where(report => report.IsEnd))
        {
            outbox.Remove(session, report.Key);
            _undelivered.TryRemove(report.Key, out _);
            Delivered?.Invoke(report);
        }
    }

    private async Task<bool> TryDeliverAsync(IReadOnlyList<StepReport> batch, string session, CancellationToken cancellation)
    {
        try
        {
            return await pass.AskAsync("reports", new ReportRequest(session, batch) { Runner = options.Name }, ReportLimit, IsTakenAsync, cancellation);
        }
        catch (Exception away) when (away is HttpRequestException or IOException or RunnerRefused) { return false; }
    }

    private async Task<bool> IsTakenAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        if (answer.IsSuccessStatusCode) return true;
        log.LogWarning("The server does not take what was reported: {Reason}", await HubHttp.SaidAsync(answer, cancellation));
        return answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge;
    }
}
