using System.Collections.Concurrent;

namespace Flows.Hub.Runners;

/// <summary>
/// Takes runners that have been silent for too long for dead. Silence counts from when this process first looked, and anew after
/// a time in which it could not look: the absence of a server, or of the database, is no runner's fault.
/// </summary>
public sealed class RunnerWatch(RunnerRegistry runners, JobStore jobs, Burial burial, TimeProvider time)
{
    /// <summary>A runner that says nothing for so long is taken for dead, and its jobs are placed anew.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(0.5);

    // Who could not look for so long does not know whether the runners could be heard meanwhile.
    private static readonly TimeSpan Blindness = Silence / 2;

    // A dead one is shown for a while, so that somebody notices.
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, (string Session, long Beat, long Since)> _watched = [];
    private long _looked;
    private long _saw;

    public async Task LookAsync(CancellationToken cancellation)
    {
        if (_looked != 0 && time.GetElapsedTime(_looked) < BetweenLooks) return;
        _looked = time.GetTimestamp();
        // Holders first: one that registers meanwhile is then among the living.
        var holders = await jobs.HoldersAsync(cancellation);
        var known = await runners.ListAsync(cancellation);
        if (time.GetElapsedTime(_saw) > Blindness) _watched.Clear();
        _saw = time.GetTimestamp();
        foreach (var row in known.Where(row => row.Name != runners.Own && IsSilent(row)))
        {
            if (row.Status != RunnerStatus.Gone) await burial.OfAsync(row, cancellation);
            else if (time.GetUtcNow() - row.SeenAt >= Remembered) await burial.ForgetAsync(row, cancellation);
        }
        var living = known.Where(row => row.Status != RunnerStatus.Gone).Select(row => (row.Name, row.Session)).ToHashSet();
        foreach (var (runner, session) in holders.Where(holder => !living.Contains(holder))) await jobs.ReclaimAsync(runner, but: null, of: session, isLoss: !LocalRunnerName.IsServers(runner));
    }

    private bool IsSilent(RunnerRow row)
    {
        var now = time.GetTimestamp();
        var seen = _watched.AddOrUpdate(row.Name, (row.Session, row.Beat, now), (_, before) => before.Session == row.Session && before.Beat == row.Beat ? before : (row.Session, row.Beat, now));
        return time.GetElapsedTime(seen.Since) > Silence;
    }
}
