using System.Net.Http.Headers;
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
/// Sends the events of every run that is over to the endpoint that is configured. That they are to be sent is written before the run is
/// over, and stays written until the endpoint took them: neither its failure nor the server's end loses any. What it took just before a
/// server died may come to it a second time, the same.
/// </summary>
internal sealed class LineageSender(RunEvents events, RunStore store, IDbContextFactory<FlowsDb> databases, NetworkPolicy network, IServiceProvider services) : BackgroundService
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(1);

    private readonly LineageOptions _options = services.GetRequiredService<IOptions<LineageOptions>>().Value;
    private readonly TimeProvider _time = services.GetRequiredService<TimeProvider>();
    private readonly ILogger _log = services.GetRequiredService<ILogger<LineageSender>>();

    public override Task StartAsync(CancellationToken cancellation)
    {
        if (_options.Endpoint is not null) store.Ending = Noted;
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

    private Action<FlowsDb> Noted(RunRecord run)
    {
        var (now, project, author) = (_time.GetUtcNow().UtcTicks, run.ProjectId, run.Author);
        return db => db.Database.ExecuteSql($"""
            INSERT INTO lineage_outbox ("RunId", "Attempts", "DueAt", "Problem", "ProjectId", "Author") VALUES ({run.Id}, 0, {now}, NULL, {project}, {author}) ON CONFLICT DO NOTHING
            """);
    }

    private async Task RoundAsync(CancellationToken stopping)
    {
        await using var db = await databases.CreateDbContextAsync(stopping);
        var now = _time.GetUtcNow();
        var due = await db.Set<LineageOutboxRow>().AsNoTracking().Where(row => row.DueAt <= now && db.Set<RunRow>().Any(run => run.Id == row.RunId && run.Status == RunStatus.Finished)).OrderBy(row => row.DueAt).Take(50).ToListAsync(stopping);
        foreach (var row in due)
        {
            // Another orchestrator may have taken it.
            var until = now + Claim;
            if (await Own(db, row).ExecuteUpdateAsync(set => set.SetProperty(one => one.DueAt, until), stopping) == 1) await SendAsync(db, row, stopping);
        }
    }

    private static IQueryable<LineageOutboxRow> Own(FlowsDb db, LineageOutboxRow row) => db.Set<LineageOutboxRow>().Where(one => one.RunId == row.RunId && one.DueAt == row.DueAt);

    private async Task SendAsync(FlowsDb db, LineageOutboxRow row, CancellationToken stopping)
    {
        var waiting = db.Set<LineageOutboxRow>().Where(one => one.RunId == row.RunId);
        try
        {
            foreach (var told in await events.OfRunAsync(row.RunId, stopping)) await PostAsync(told!.ToJsonString(ContractJson.Options), stopping);
            await waiting.ExecuteDeleteAsync(stopping);
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
