using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Hub.Storage;

namespace Flows.Hub.Triggers.Watches;

/// <summary>Looks again and again for one trigger, and fires what was found together with what was seen.</summary>
internal sealed class Watching(FireBook fires, TriggerBook book, TriggerSecrets secrets, TimeProvider time, ILogger<Watching> log)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan WhileFull = TimeSpan.FromSeconds(1);

    public async Task RunAsync(IWatchKind kind, WatchSeat seat, CancellationToken cancellation)
    {
        var key = new TriggerKey(seat.DefinitionId, seat.ActivityId);
        var trigger = new WatchedTrigger(key, seat.ProjectId, JsonNode.Parse(seat.Inputs)!.AsObject(), seat.Since, secrets);
        for (var faults = 0; !cancellation.IsCancellationRequested;)
        {
            try
            {
                await using var watch = kind.Open(trigger);
                for (var mends = true; await LookAsync(watch, trigger, mends, cancellation); mends = false) faults = 0;
                return;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested) { return; }
            catch (Exception broken) { await TellAsync(key, broken, cancellation); }
            await Task.Delay(Pause(faults++), time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // False: the trigger is off or another one by now; whoever keeps the watches says what follows.
    private async Task<bool> LookAsync(IWatch watch, WatchedTrigger trigger, bool mends, CancellationToken cancellation)
    {
        if (await book.FindAsync(trigger.Key, cancellation) is not { IsOn: true } state || state.Since != trigger.Since) return false;
        var look = await watch.LookAsync(new Seen(state.Cursor is { } cursor ? JsonNode.Parse(cursor)!.AsObject() : null, state.Revision), cancellation);
        var seen = look.Cursor.ToJsonString(ContractJson.Options);
        var isFull = false;
        if (look.Fire is not null || seen != state.Cursor)
        {
            var fired = await fires.FireAsync(trigger.Key, look.Fire is { } fire ? [fire] : [], new Advance(state.Revision) { Cursor = seen }, cancellation);
            isFull = fired is [Fired.Full];
        }
        // What kept it from looking is over; what kept a run from starting stays until the next does.
        else if (mends && state.Error is not null) await fires.MendAsync(trigger.Key);
        if (isFull) await Task.Delay(WhileFull, time, cancellation);
        else if (!look.IsMore) await watch.WaitAsync(cancellation);
        return true;
    }

    private async Task TellAsync(TriggerKey key, Exception broken, CancellationToken cancellation)
    {
        if (PassingFault.Is(broken) && broken is not WatchFault) return;
        if (broken is not (WatchFault or ActivityFault)) log.LogWarning(broken, "The trigger {Trigger} could not look", key);
        try { await fires.FailAsync(key, broken.Message).WaitAsync(cancellation); }
        catch (Exception away) when (away is OperationCanceledException || PassingFault.Is(away)) { /* it is told with the next fault */ }
    }

    private static TimeSpan Pause(int faults) => TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, 1 << Math.Min(faults, 6)));
}
