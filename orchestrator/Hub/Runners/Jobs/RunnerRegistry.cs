using System.Collections.Concurrent;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Runners;

/// <summary>The runners that have registered, and which of them are alive.</summary>
public sealed class RunnerRegistry(IDbContextFactory<FlowsDb> databases, JobStore jobs, JobSignals signals, TimeProvider time)
{
    /// <summary>A runner that says nothing for so long is taken for dead, and its jobs are placed anew.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    // A dead one is shown for a while, so that somebody notices.
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, (string Session, long Beat, long Since)> _watched = [];
    private long _looked;

    /// <summary>The runner of this process, if it has one: it is alive as long as the process.</summary>
    public string? Own { get; set; }

    /// <summary>A runner starts; what an earlier process of its name had is placed anew.</summary>
    public async Task RegisterAsync(RunnerRow runner)
    {
        await using var db = await databases.CreateDbContextAsync();
        var there = await db.Set<RunnerRow>().FirstOrDefaultAsync(row => row.Name == runner.Name);
        if (there is null) db.Add(there = new RunnerRow { Name = runner.Name, ProjectId = runner.ProjectId, Author = runner.Author });
        (there.Session, there.Labels, there.Capacity, there.HasQueue) = (runner.Session, runner.Labels, runner.Capacity, runner.HasQueue);
        (there.Status, there.Beat, there.SeenAt) = (RunnerStatus.Online, there.Beat + 1, time.GetUtcNow());
        await db.SaveChangesAsync();
        await jobs.ReclaimAsync(runner.Name, but: runner.Session, isLoss: !LocalRunnerName.IsServers(runner.Name));
        signals.Change();
    }

    /// <summary>False: the server does not know this process of the runner; it has to register.</summary>
    public async Task<bool> BeatAsync(string name, string session, bool drains)
    {
        var (status, now) = (drains ? RunnerStatus.Draining : RunnerStatus.Online, time.GetUtcNow());
        await using var db = await databases.CreateDbContextAsync();
        return await db.Set<RunnerRow>().Where(row => row.Name == name && row.Session == session).ExecuteUpdateAsync(set => set
            .SetProperty(row => row.Status, status).SetProperty(row => row.Beat, row => row.Beat + 1).SetProperty(row => row.SeenAt, now)) > 0;
    }

    /// <summary>A runner has ended on purpose.</summary>
    public async Task LeaveAsync(string name, string session)
    {
        await using (var db = await databases.CreateDbContextAsync())
        {
            if (await db.Set<RunnerRow>().Where(row => row.Name == name && row.Session == session).ExecuteDeleteAsync() == 0) return;
        }
        await jobs.ReclaimAsync(name, but: null, of: session);
        signals.Change();
    }

    public async Task<IReadOnlyList<RunnerRow>> ListAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<RunnerRow>().AsNoTracking().OrderBy(row => row.Name).ToListAsync(cancellation);
    }

    /// <summary>Takes runners that have been silent for too long for dead. Silence counts from when this process first looked, so that a server's own absence is nobody's fault.</summary>
    public async Task BuryAsync(CancellationToken cancellation)
    {
        if (_looked != 0 && time.GetElapsedTime(_looked) < TimeSpan.FromSeconds(0.5)) return;
        _looked = time.GetTimestamp();
        // Holders first: one that registers meanwhile is then among the living.
        var holders = await jobs.HoldersAsync(cancellation);
        var known = await ListAsync(cancellation);
        foreach (var row in known.Where(row => row.Name != Own && IsSilent(row)))
        {
            if (row.Status == RunnerStatus.Gone) await ForgetAsync(row, cancellation);
            else await BuryAsync(row, cancellation);
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

    private async Task BuryAsync(RunnerRow row, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var buried = await db.Set<RunnerRow>().Where(runner => runner.Name == row.Name && runner.Session == row.Session && runner.Beat == row.Beat)
            .ExecuteUpdateAsync(set => set.SetProperty(runner => runner.Status, RunnerStatus.Gone), cancellation);
        if (buried == 0) return;
        await jobs.ReclaimAsync(row.Name, but: null, of: row.Session, isLoss: !LocalRunnerName.IsServers(row.Name));
        signals.Change();
    }

    private async Task ForgetAsync(RunnerRow row, CancellationToken cancellation)
    {
        if (time.GetUtcNow() - row.SeenAt < Remembered) return;
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await db.Set<RunnerRow>().Where(runner => runner.Name == row.Name && runner.Beat == row.Beat).ExecuteDeleteAsync(cancellation);
    }
}
