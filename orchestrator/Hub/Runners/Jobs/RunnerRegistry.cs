using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Runners;

/// <summary>The runners that have registered, and their signs of life.</summary>
public sealed class RunnerRegistry(IDbContextFactory<FlowsDb> databases, JobStore jobs, TimeProvider time)
{
    /// <summary>The runner of this process, if it has one: it is alive as long as the process.</summary>
    public string? Own { get; set; }

    /// <summary>A runner starts; what an earlier process of its name had is placed anew.</summary>
    public async Task RegisterAsync(RunnerRow runner)
    {
        await using var db = await databases.CreateDbContextAsync();
        var there = await db.Set<RunnerRow>().FirstOrDefaultAsync(row => row.Name == runner.Name);
        if (there is null) db.Add(there = new RunnerRow { Name = runner.Name, ProjectId = runner.ProjectId, Author = runner.Author });
        (there.Session, there.Home, there.Labels, there.Capacity, there.HasQueue) = (runner.Session, runner.Home, runner.Labels, runner.Capacity, runner.HasQueue);
        (there.Status, there.Beat, there.SeenAt) = (RunnerStatus.Online, there.Beat + 1, time.GetUtcNow());
        await db.SaveChangesAsync();
        await jobs.ReclaimAsync(runner.Name, but: runner.Session, isLoss: !LocalRunnerName.IsServers(runner.Name));
    }

    /// <summary>False: this process of the runner is not on the list, or was taken for dead: see <see cref="JobStore.ReviveAsync"/>.</summary>
    public async Task<bool> BeatAsync(string name, string session, bool drains)
    {
        var (status, now) = (StatusOf(drains), time.GetUtcNow());
        await using var db = await databases.CreateDbContextAsync();
        return await db.Set<RunnerRow>().Where(row => row.Name == name && row.Session == session && row.Status != RunnerStatus.Gone).ExecuteUpdateAsync(set => set
            .SetProperty(row => row.Status, status).SetProperty(row => row.Beat, row => row.Beat + 1).SetProperty(row => row.SeenAt, now)) > 0;
    }

    /// <summary>Of a runner that gives signs of life.</summary>
    public static RunnerStatus StatusOf(bool drains) => drains ? RunnerStatus.Draining : RunnerStatus.Online;

    /// <summary>A runner has ended on purpose.</summary>
    public async Task LeaveAsync(string name, string session)
    {
        await using (var db = await databases.CreateDbContextAsync())
        {
            if (await db.Set<RunnerRow>().Where(row => row.Name == name && row.Session == session).ExecuteDeleteAsync() == 0) return;
            await PostgresQueues.ClearAsync(db, StepQueue.Of(name), CancellationToken.None);
        }
        await jobs.ReclaimAsync(name, but: null, of: session);
    }

    public async Task<IReadOnlyList<RunnerRow>> ListAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<RunnerRow>().AsNoTracking().OrderBy(row => row.Name).ToListAsync(cancellation);
    }
}
