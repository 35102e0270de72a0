using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Runs;
using Flows.Hub.Provenance.Formats;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Flows.Library.Network;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Flows.Hub.Provenance.Lineage;

/// <summary>
/// Sends the events of every run to the endpoint that is configured: that it began when it begins, all else once it is over. That they are to be
/// sent is written in the transaction that writes the run's start or end, and stays written until the endpoint took them: neither
/// its failure nor the server's end loses any. What it took just before a server died may come to it a second time, the same.
/// </summary>
internal sealed class LineageSender(RunEvents events, RunStore store, IDbContextFactory<FlowsDb> databases, NetworkPolicy network, IServiceProvider services) : BackgroundService
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(1);
    private static readonly DateTimeOffset Never = DateTimeOffset.MaxValue;
    private const int MostOfStatement = 200;

    private readonly LineageOptions _options = services.GetRequiredService<IOptions<LineageOptions>>().Value;
    private readonly TimeProvider _time = services.GetRequiredService<TimeProvider>();
    private readonly ILogger _log = services.GetRequiredService<ILogger<LineageSender>>();

    public override Task StartAsync(CancellationToken cancellation)
    {
        // For good: runs may end after this has stopped.
        if (_options.Endpoint is not null)
        {
            store.Beginning += NoteBegun;
            store.Ending += NoteOver;
        }
        return base.StartAsync(cancellation);
    }

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        if (_options.Endpoint is null) return;
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(1), _time);
        while (await tick.WaitForNextTickAsync(stopping))
        {
            try { await RoundAsync(stopping); }
            catch (Exception broken) when (broken is not OperationCanceledException) { _log.LogWarning("Lineage events could not be looked for: {Reason}", broken.Message); }
        }
    }

    private void NoteBegun(FlowsDb db, IReadOnlyList<RunRow> runs) => Note(db, [.. runs.Select(run => (run.Id, run.ProjectId, run.Author))]);

    private void NoteOver(FlowsDb db, IReadOnlyList<RunRecord> runs) => Note(db, [.. runs.Select(run => (run.Id, run.ProjectId, run.Author))]);

    private void Note(FlowsDb db, IReadOnlyList<(string Id, string Project, string Author)> runs)
    {
        var now = _time.GetUtcNow().UtcTicks;
        foreach (var some in runs.Chunk(MostOfStatement))
        {
            var values = string.Join(", ", some.Select((_, i) => $"({{{4 * i}}}, FALSE, 0, {{{4 * i + 1}}}, NULL, {{{4 * i + 2}}}, {{{4 * i + 3}}})"));
            object[] parameters = [.. some.SelectMany(run => new object[] { run.Id, now, run.Project, run.Author })];
            db.Database.ExecuteSql(FormattableStringFactory.Create($"""
                INSERT INTO lineage_outbox ("RunId", "IsBegun", "Attempts", "DueAt", "Problem", "ProjectId", "Author") VALUES {values}
                ON CONFLICT ("RunId") DO UPDATE SET "DueAt" = excluded."DueAt"
                """, parameters));
        }
    }

    private async Task RoundAsync(CancellationToken stopping)
    {
        await using var db = await databases.CreateDbContextAsync(stopping);
        var now = _time.GetUtcNow();
        var due = await db.Set<LineageOutboxRow>().AsNoTracking().Where(row => row.DueAt <= now).OrderBy(row => row.DueAt).Take(50).ToListAsync(stopping);
        foreach (var row in due)
        {
            // Another orchestrator may have taken it.
            var until = _time.GetUtcNow() + Claim;
            if (await At(db, row.RunId, row.DueAt).ExecuteUpdateAsync(set => set.SetProperty(one => one.DueAt, until), stopping) == 1) await SendAsync(db, row, until, stopping);
        }
    }

    // The row as it was: the run's end makes it due anew.
    private static IQueryable<LineageOutboxRow> At(FlowsDb db, string run, DateTimeOffset due) => db.Set<LineageOutboxRow>().Where(one => one.RunId == run && one.DueAt == due);

    private async Task SendAsync(FlowsDb db, LineageOutboxRow row, DateTimeOffset claimed, CancellationToken stopping)
    {
        var waiting = db.Set<LineageOutboxRow>().Where(one => one.RunId == row.RunId);
        try
        {
            var isOver = !await db.Set<RunRow>().AnyAsync(run => run.Id == row.RunId && run.Status != RunStatus.Finished, stopping);
            var told = await events.OfRunAsync(row.RunId, stopping);
            foreach (var one in told.Take(isOver ? told.Count : 1).Skip(row.IsBegun ? 1 : 0)) await PostAsync(one!.ToJsonString(ContractJson.Options), stopping);
            if (isOver) await waiting.ExecuteDeleteAsync(stopping);
            else if (await At(db, row.RunId, claimed).ExecuteUpdateAsync(set => set.SetProperty(one => one.IsBegun, true).SetProperty(one => one.Attempts, 0).SetProperty(one => one.DueAt, Never), stopping) == 0)
                await waiting.ExecuteUpdateAsync(set => set.SetProperty(one => one.IsBegun, true), stopping);
        }
        catch (Exception refused)
        {
            if (row.Attempts == 0 && !stopping.IsCancellationRequested) _log.LogWarning("Lineage events of run {Run} were not taken and are sent again later: {Reason}", row.RunId, refused.Message);
            var (attempts, due) = (row.Attempts + 1, _time.GetUtcNow() + TimeSpan.FromSeconds(Math.Min(Longest.TotalSeconds, Math.Pow(2, Math.Min(row.Attempts, 12)))));
            // Also when the server stops: what it had taken is anybody's again.
            await waiting.ExecuteUpdateAsync(set => set.SetProperty(one => one.Attempts, attempts).SetProperty(one => one.DueAt, due).SetProperty(one => one.Problem, refused.Message), CancellationToken.None);
        }
    }

    private async Task PostAsync(string told, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        using var request = new HttpRequestMessage(HttpMethod.Post, _options.Endpoint) { Content = new StringContent(told, Encoding.UTF8, "application/json") };
        if (_options.ApiKey is { } key) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await OutgoingRequests.By(network).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        answer.EnsureSuccessStatusCode();
    }
}
