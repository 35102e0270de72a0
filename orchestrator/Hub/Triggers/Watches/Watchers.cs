using System.Text.Json.Nodes;
using Flows.Hub.Orchestrators;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Triggers.Watches;

/// <summary>
/// Watches for triggers: of several orchestrators one has each of them, and another takes over when it dies. Were there two for
/// a moment, what each has seen is written down only over what it began with.
/// </summary>
internal sealed class Watchers(IEnumerable<IWatchKind> kinds, Watching watching, WatcherSeats seats, Lease lease, Signals signals, ILogger<Watchers> log) : BackgroundService
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, IWatchKind> _kinds = kinds.ToDictionary(kind => kind.ActivityType);
    private readonly Dictionary<(string, string), Held> _held = [];

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        using var told = signals.Listen(TriggerStates.Topic);
        try
        {
            while (true)
            {
                await LookAsync(stopping);
                await told.WaitAsync(Often, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
        finally
        {
            await KeepAsync([]);
            await seats.LeaveAsync();
        }
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        try { await KeepAsync(lease.IsHeld ? await seats.TakeAsync([.. _kinds.Keys], lease.MayJudge, stopping) : []); }
        catch (Exception broken) when (PassingFault.Is(broken)) { log.LogDebug(broken, "The database is away"); }
        catch (Exception broken) when (broken is not OperationCanceledException) { log.LogError(broken, "It could not be found out which triggers to watch for"); }
    }

    private async Task KeepAsync(IReadOnlyList<WatchSeat> mine)
    {
        var wanted = mine.ToDictionary(seat => (seat.DefinitionId, seat.ActivityId));
        foreach (var (key, held) in _held.Where(held => !wanted.TryGetValue(held.Key, out var seat) || seat != held.Value.Seat).ToList())
        {
            await held.StopAsync();
            _held.Remove(key);
        }
        foreach (var (key, seat) in wanted.Where(seat => !_held.ContainsKey(seat.Key)))
        {
            var stop = new CancellationTokenSource();
            _held[key] = new Held(seat, stop, Task.Run(() => watching.RunAsync(_kinds[seat.ActivityType], seat, stop.Token)));
        }
    }

    private sealed record Held(WatchSeat Seat, CancellationTokenSource Stop, Task Work)
    {
        public async Task StopAsync()
        {
            await Stop.CancelAsync();
            await Work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Stop.Dispose();
        }
    }
}

/// <summary>A trigger that this orchestrator watches for; another one when its settings changed.</summary>
internal sealed record WatchSeat(string DefinitionId, string ActivityId, string ActivityType, string ProjectId, string Settings, int Version, DateTimeOffset Since, string Inputs);

/// <summary>Which orchestrator watches for which trigger.</summary>
internal sealed class WatcherSeats(IDbContextFactory<FlowsDb> databases, Register register, Orchestrator self)
{
    /// <summary>Takes those that nobody has, and those of the dead; all that are this orchestrator's then.</summary>
    public async Task<IReadOnlyList<WatchSeat>> TakeAsync(string[] types, bool mayJudge, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var free = db.Set<TriggerStateRow>().Where(row => row.IsOn && types.Contains(row.ActivityType) && row.WatcherId != self.Id);
        if (await free.AnyAsync(cancellation))
        {
            string[] alive = register.IsShared ? [.. (await register.AliveAsync(cancellation)).Select(row => row.Id)] : [];
            var judges = mayJudge || !register.IsShared;
            await free.Where(row => row.WatcherId == null || judges && !alive.Contains(row.WatcherId)).ExecuteUpdateAsync(set => set.SetProperty(row => row.WatcherId, self.Id), cancellation);
        }
        return await (from state in db.Set<TriggerStateRow>().AsNoTracking()
                      where state.IsOn && state.WatcherId == self.Id && types.Contains(state.ActivityType)
                      join trigger in db.Set<TriggerRow>() on new { state.DefinitionId, state.ActivityId } equals new { trigger.DefinitionId, trigger.ActivityId }
                      select new WatchSeat(state.DefinitionId, state.ActivityId, state.ActivityType, state.ProjectId, state.Settings, state.Version, state.Since, trigger.Inputs)).ToListAsync(cancellation);
    }

    /// <summary>Another one may have them at once.</summary>
    public async Task LeaveAsync()
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync();
            await db.Set<TriggerStateRow>().Where(row => row.WatcherId == self.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.WatcherId, (string?)null));
        }
        catch (Exception broken) when (PassingFault.Is(broken)) { /* they are found when this one is dead */ }
    }
}
