using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Runners;

/// <summary>
/// Places jobs at runners, one orchestrator at a time: all of it is one transaction, on PostgreSQL under a lock, so that what
/// was counted is still so when it is committed.
/// </summary>
public sealed class JobPlaces(IDbContextFactory<FlowsDb> databases, StepDurations durations, TimeProvider time)
{
    // Any number, the same in every orchestrator.
    private const long PlacingLock = 0x666c6f7775;

    // Of each run at a time; more waits for the next turn.
    private const int MostOfRun = 1024;

    /// <summary>Jobs are placed: the runs of an earlier process were taken up, so that none is placed which no run waits for.</summary>
    public bool IsOpen { get; set; }

    /// <summary>
    /// The same as part of a transaction that changed jobs, where this process is the only one that places: not on PostgreSQL, where
    /// whoever waits for the lock must not hold rows already.
    /// </summary>
    public IReadOnlyList<JobChunk> PlaceWithin(FlowsDb db) =>
        // SQLite answers before it returns: nothing is waited for.
        IsOpen && !db.IsShared ? PlaceAsync(db, CancellationToken.None).GetAwaiter().GetResult() : [];

    /// <summary>Places what can be placed and says what went where.</summary>
    public async Task<Placement> PlaceAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var states = await db.Set<StepJobRow>().Where(job => job.State == JobState.Waiting || job.State == JobState.Lost).Select(job => job.State).Distinct().ToListAsync(cancellation);
        return new Placement(states.Contains(JobState.Waiting) ? await PlaceAllAsync(db, cancellation) : [], states.Contains(JobState.Lost));
    }

    private async Task<IReadOnlyList<JobChunk>> PlaceAllAsync(FlowsDb db, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        if (db.IsShared) await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({PlacingLock})", cancellation);
        var chunks = await PlaceAsync(db, cancellation);
        await transaction.CommitAsync(cancellation);
        return chunks;
    }

    private async Task<IReadOnlyList<JobChunk>> PlaceAsync(FlowsDb db, CancellationToken cancellation)
    {
        var waiting = await WaitingAsync(db, cancellation);
        if (waiting.Count == 0) return [];
        var placed = await db.Set<StepJobRow>().Where(job => job.Runner != null)
            .Select(job => new { job.RunId, job.Runner, job.Session, job.Chunk, job.ConcurrencyKey }).ToListAsync(cancellation);
        var taken = placed.GroupBy(job => job.Runner!).ToDictionary(jobs => jobs.Key, jobs => jobs.Select(job => job.Chunk).Distinct().Count());
        var runners = await FreeAsync(db, taken, cancellation);
        if (runners.TrueForAll(runner => runner.Free <= 0)) return [];

        var counts = new PlacedJobs(
            placed.GroupBy(job => job.RunId).ToDictionary(jobs => jobs.Key, jobs => jobs.Count()),
            placed.Where(job => job.ConcurrencyKey != null).GroupBy(job => job.ConcurrencyKey!).ToDictionary(jobs => jobs.Key, jobs => jobs.Count()));
        var chunks = new PlacementPlan(counts, durations.Expected).Make(waiting, runners);
        foreach (var chunk in chunks) await PlaceAsync(db, chunk, cancellation);
        return chunks;
    }

    private static async Task<List<FreeRunner>> FreeAsync(FlowsDb db, Dictionary<string, int> taken, CancellationToken cancellation)
    {
        var online = await db.Set<RunnerRow>().AsNoTracking().Where(runner => runner.Status == RunnerStatus.Online).ToListAsync(cancellation);
        return [.. online.Select(runner => new FreeRunner(runner.Name, runner.Session, runner.Labels.Split(',', StringSplitOptions.RemoveEmptyEntries).ToHashSet(), runner.Capacity - taken.GetValueOrDefault(runner.Name)) { HasQueue = runner.HasQueue, Places = runner.Capacity })];
    }

    private static async Task<List<WaitingJob>> WaitingAsync(FlowsDb db, CancellationToken cancellation)
    {
        var rows = await db.Database.SqlQuery<WaitingRow>($"""
            SELECT "Id", "RunId", "Step", "Attempt", "DefinitionId", "ActivityId", "Labels", "Priority", "ConcurrencyKey", "ConcurrencyLimit", "CreatedAt", "Losses"
            FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY "RunId" ORDER BY "Priority" DESC, "Step") AS "Place" FROM step_jobs WHERE "State" = {(int)JobState.Waiting}) AS ranked
            WHERE "Place" <= {MostOfRun}
            """).ToListAsync(cancellation);
        return rows.ConvertAll(row => new WaitingJob(row.Id, row.RunId, row.Step, row.Attempt, row.DefinitionId, row.ActivityId)
        {
            Labels = row.Labels, Priority = row.Priority, ConcurrencyKey = row.ConcurrencyKey, ConcurrencyLimit = row.ConcurrencyLimit, CreatedAt = row.CreatedAt, Losses = row.Losses,
        });
    }

    // Only what still waits, at the attempt that was seen: it may have been cancelled since.
    private async Task PlaceAsync(FlowsDb db, JobChunk chunk, CancellationToken cancellation)
    {
        var (ids, now) = (chunk.Jobs.ConvertAll(job => job.Id), time.GetUtcNow());
        await db.Set<StepJobRow>().Where(job => ids.Contains(job.Id) && job.State == JobState.Waiting).ExecuteUpdateAsync(set => set
            .SetProperty(job => job.State, JobState.Placed)
            .SetProperty(job => job.Runner, chunk.Runner.Name)
            .SetProperty(job => job.Session, chunk.Runner.Session)
            .SetProperty(job => job.Chunk, chunk.Id)
            .SetProperty(job => job.PlacedAt, now), cancellation);
    }

    private sealed record WaitingRow(string Id, string RunId, int Step, int Attempt, string DefinitionId, string ActivityId, string Labels, int Priority, string? ConcurrencyKey, int ConcurrencyLimit, long CreatedAt, int Losses);
}

/// <param name="HasLost">There are jobs that were lost too often.</param>
public sealed record Placement(IReadOnlyList<JobChunk> Chunks, bool HasLost);
