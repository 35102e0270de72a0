using Flows.Contract.Runs;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Triggers;

/// <summary>Lets waiting fires begin when runs end, and starts what somebody wrote down and did not live to start.</summary>
internal sealed class FireRounds(FireBook book, RunStore store, IDbContextFactory<FlowsDb> databases, TimeProvider time, ILogger<FireRounds> log) : BackgroundService
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    /// <summary>Whoever writes a fire down and has not started its run after this has died.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>How long fires are remembered: what comes again within this time is known.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromDays(7);

    private const int RoundsBetweenPruning = 600;

    // Never disposed: the clock may ring once more while the server ends.
    private readonly SemaphoreSlim _woken = new(0);
    private bool _hasWaiting;
    private int _round;

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        store.Ended += OnEnded;
        using var clock = time.CreateTimer(_ => Wake(), null, Often, Often);
        try
        {
            while (true)
            {
                await _woken.WaitAsync(stopping);
                await LookAsync(stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
        finally { store.Ended -= OnEnded; }
    }

    private void OnEnded(string run)
    {
        if (_hasWaiting) Wake();
    }

    private void Wake()
    {
        if (_woken.CurrentCount == 0) _woken.Release();
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        try { await RoundAsync(stopping); }
        catch (Exception broken) when (PassingFault.Is(broken)) { log.LogDebug(broken, "The database is away"); }
        catch (Exception broken) when (broken is not OperationCanceledException) { log.LogError(broken, "Fires of triggers could not go on"); }
    }

    private async Task RoundAsync(CancellationToken stopping)
    {
        await using var db = await databases.CreateDbContextAsync(stopping);
        var left = time.GetUtcNow() - Patience;
        foreach (var row in await db.Set<TriggerFireRow>().AsNoTracking().Where(row => row.State == FireState.Starting && row.FiredAt < left).OrderBy(row => row.FiredAt).Take(100).ToListAsync(stopping)) await book.StartAsync(row, stopping);
        var waiting = await db.Set<TriggerFireRow>().Where(row => row.State == FireState.Waiting).Select(row => new { row.DefinitionId, row.ActivityId }).Distinct().ToListAsync(stopping);
        _hasWaiting = waiting.Count > 0;
        foreach (var trigger in waiting) await book.AdmitAsync(new TriggerKey(trigger.DefinitionId, trigger.ActivityId), stopping);
        if (await db.Set<TriggerFireRow>().AnyAsync(row => row.State == FireState.Started, stopping)) await SettleAsync();
        if (_round++ % RoundsBetweenPruning == 0) await PruneAsync(db, stopping);
    }

    private Task SettleAsync() => store.WriteAsync(db => db.Set<TriggerFireRow>()
        .Where(row => row.State == FireState.Started && !db.Set<RunRow>().Any(run => run.Id == row.RunId && run.Status == RunStatus.Running))
        .ExecuteUpdate(set => set.SetProperty(row => row.State, FireState.Over)));

    private async Task PruneAsync(FlowsDb db, CancellationToken stopping)
    {
        var old = time.GetUtcNow() - Memory;
        foreach (var over in (FireState[])[FireState.Over, FireState.Gathered, FireState.Refused])
        {
            while (await db.Set<TriggerFireRow>().AsNoTracking().Where(row => row.State == over && row.FiredAt < old).OrderBy(row => row.FiredAt).Take(200).ToListAsync(stopping) is { Count: > 0 } rows)
            {
                foreach (var same in rows.GroupBy(row => (row.DefinitionId, row.ActivityId)))
                {
                    var keys = same.Select(row => row.Key).ToList();
                    await store.WriteAsync(db => db.Set<TriggerFireRow>().Where(row => row.DefinitionId == same.Key.DefinitionId && row.ActivityId == same.Key.ActivityId && keys.Contains(row.Key)).ExecuteDelete());
                }
            }
        }
    }
}
