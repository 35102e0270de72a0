using System.Collections.Concurrent;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Flows.Hub.Runners;

/// <summary>
/// The rows of jobs. Writes of many runs share a transaction. The runs' journals are the truth: a row says where a step is
/// being carried out, and a run that is taken up anew keeps only the rows of steps that its journal waits for.
/// </summary>
public sealed class JobStore : IAsyncDisposable
{
    private const int MostTries = 5;

    private readonly IDbContextFactory<FlowsDb> _databases;
    private readonly JobPlaces _places;
    private readonly JobSignals _signals;
    private readonly TimeProvider _time;
    private readonly GroupCommit<JobWrite> _writer;
    // What was written down and placed at once, until it is taken or something else about jobs changes: nobody has to be asked for it.
    private readonly ConcurrentDictionary<JobKey, StepJobRow> _fresh = [];

    public JobStore(IDbContextFactory<FlowsDb> databases, IOptions<JobOptions> options, JobPlaces places, JobSignals signals, TimeProvider time, WriteTurn? turn = null)
    {
        (_databases, _places, _signals, _time) = (databases, places, signals, time);
        MostLosses = options.Value.MostLosses;
        _writer = new GroupCommit<JobWrite>("jobs", Commit, turn);
    }

    /// <inheritdoc cref="JobOptions.MostLosses"/>
    public int MostLosses { get; }

    /// <summary>Writes jobs down together; one may be refused without the others.</summary>
    public IReadOnlyList<Task> AddAll(IReadOnlyList<JobWrite.Add> jobs) => _writer.AddAll(jobs);

    public Task EndAsync(IEnumerable<JobEnd> ends) => Task.WhenAll(_writer.AddAll([.. ends.Select(end => new JobWrite.End(end))]));

    /// <summary>
    /// Gives jobs back to a runner that was taken for dead and has them still, as the attempts that they were: those that nobody
    /// was given meanwhile. What it did while it was cut off is not lost.
    /// </summary>
    public Task RestoreAsync(string runner, string session, IReadOnlyCollection<JobKey> keys) => ChangeAsync(jobs => Restore(jobs, runner, session, keys));

    /// <summary>A runner that was taken for dead gives a sign of life: it counts as alive and has its jobs again, both at once, so that nobody is given them in between.</summary>
    /// <returns>False: it is not on the list.</returns>
    public async Task<bool> ReviveAsync(string runner, string session, RunnerStatus status, IReadOnlyCollection<JobKey> keys)
    {
        var (known, now) = (0, _time.GetUtcNow());
        await _writer.AddAsync(new JobWrite.Change(db =>
        {
            known = db.Set<RunnerRow>().Where(row => row.Name == runner && row.Session == session)
                .ExecuteUpdate(set => set.SetProperty(row => row.Status, status).SetProperty(row => row.Beat, row => row.Beat + 1).SetProperty(row => row.SeenAt, now));
            if (known > 0) Restore(db.Set<StepJobRow>(), runner, session, keys);
        }));
        return known > 0;
    }

    /// <summary>A step was cancelled: gone if it waited; else its runner has to confirm that it is dead.</summary>
    public Task CancelAsync(string jobId) => ChangeAsync(jobs => Cancel(jobs.Where(job => job.Id == jobId)));

    /// <summary>The same for every job of a run but these.</summary>
    public Task KeepOnlyAsync(string runId, IReadOnlyCollection<string> jobIds) =>
        ChangeAsync(jobs => Cancel(jobs.Where(job => job.RunId == runId && !jobIds.Contains(job.Id))));

    /// <summary>Jobs that a runner has not finished wait again: for the next attempt where this one may have begun.</summary>
    /// <param name="isLoss">What carried it out was killed: after <see cref="MostLosses"/> such losses it is given up.</param>
    public Task ReturnAsync(JobKey key, bool begun, bool isLoss = false) => ChangeAsync(jobs =>
    {
        var mine = jobs.Where(job => job.Id == key.JobId && job.Attempt == key.Attempt);
        mine.Where(job => job.State == JobState.Cancelling).ExecuteDelete();
        Wait(mine, begun, isLoss);
        jobs.Where(job => job.Id == key.JobId && job.State == JobState.Waiting).ExecuteUpdate(set => set.SetProperty(job => job.Session, (string?)null));
    });

    /// <summary>What a runner had is placed anew, as the next attempt: it is dead, or a new process that knows nothing of it.</summary>
    /// <param name="but">The process whose jobs are left; null for none.</param>
    /// <param name="of">Only the jobs of this process, unless it lives: taken for dead a moment ago, it may have come back since. Null for all.</param>
    /// <param name="isLoss">It died by itself, and the next one that has the jobs may too.</param>
    public Task ReclaimAsync(string runner, string? but, string? of = null, bool isLoss = false) => _writer.AddAsync(new JobWrite.Change(db =>
    {
        if (of is not null && !IsDead(db, runner, of)) return;
        var lost = db.Set<StepJobRow>().Where(job => job.Runner == runner && job.State != JobState.Waiting && (but == null || job.Session != but) && (of == null || job.Session == of));
        lost.Where(job => job.State == JobState.Cancelling).ExecuteDelete();
        Wait(lost, begun: true, isLoss);
    }));

    /// <summary>Jobs that were lost too often.</summary>
    public async Task<IReadOnlyList<StepJobRow>> LostAsync(CancellationToken cancellation)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellation);
        return await db.Set<StepJobRow>().AsNoTracking().Where(job => job.State == JobState.Lost).ToListAsync(cancellation);
    }

    /// <summary>What one machine's server left when it died: it dispatches anew what its journal waits for.</summary>
    public Task ForgetLocalAsync(string runner) => ChangeAsync(jobs => jobs.Where(job => job.State == JobState.Waiting || job.Runner == runner).ExecuteDelete());

    /// <summary>The jobs with these keys that are placed at the runner now, or are being cancelled there.</summary>
    public async Task<IReadOnlyList<StepJobRow>> AtAsync(string runner, string session, IReadOnlyCollection<JobKey> keys)
    {
        var ids = keys.Select(key => key.JobId).ToList();
        await using var db = await _databases.CreateDbContextAsync();
        var rows = await db.Set<StepJobRow>().AsNoTracking().Where(job => ids.Contains(job.Id) && job.Runner == runner && job.Session == session && job.State != JobState.Waiting).ToListAsync();
        return rows.FindAll(row => keys.Contains(row.Key));
    }

    /// <summary>The same for a runner that takes what it was just given.</summary>
    public async Task<IReadOnlyList<StepJobRow>> TakeAsync(string runner, string session, IReadOnlyCollection<JobKey> keys)
    {
        var fresh = new List<StepJobRow>();
        foreach (var key in keys)
        {
            if (_fresh.TryRemove(key, out var row) && row.Runner == runner && row.Session == session) fresh.Add(row);
        }
        return fresh.Count == keys.Count ? fresh : await AtAsync(runner, session, keys);
    }

    /// <summary>What a runner should have: keys, states and since when.</summary>
    public async Task<IReadOnlyList<HeldJob>> HeldAsync(string runner, string session)
    {
        await using var db = await _databases.CreateDbContextAsync();
        var rows = await db.Set<StepJobRow>().AsNoTracking().Where(job => job.Runner == runner && job.Session == session && job.State != JobState.Waiting)
            .Select(job => new { job.RunId, job.Step, job.Attempt, job.State, job.PlacedAt, job.Chunk }).ToListAsync();
        return rows.ConvertAll(row => new HeldJob(new JobKey(row.RunId, row.Step, row.Attempt), row.State, row.PlacedAt ?? default, row.Chunk ?? ""));
    }

    /// <summary>The runners, and which process of each, that jobs are placed at.</summary>
    public async Task<IReadOnlyList<(string Runner, string Session)>> HoldersAsync(CancellationToken cancellation)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellation);
        var rows = await db.Set<StepJobRow>().Where(job => job.Runner != null).Select(job => new { job.Runner, job.Session }).Distinct().ToListAsync(cancellation);
        return rows.ConvertAll(row => (row.Runner ?? "", row.Session ?? ""));
    }

    public async Task<StepJobRow?> FindAsync(string jobId)
    {
        await using var db = await _databases.CreateDbContextAsync();
        return await db.Set<StepJobRow>().AsNoTracking().FirstOrDefaultAsync(job => job.Id == jobId);
    }

    /// <summary>Gives a job that waits to a runner that asked for it.</summary>
    public async Task<bool> ClaimAsync(string jobId, string runner, string session, DateTimeOffset now)
    {
        var claimed = 0;
        await ChangeAsync(jobs => claimed = jobs.Where(job => job.Id == jobId && job.State == JobState.Waiting).ExecuteUpdate(set => set
            .SetProperty(job => job.State, JobState.Placed).SetProperty(job => job.Runner, runner).SetProperty(job => job.Session, session)
            .SetProperty(job => job.Chunk, session).SetProperty(job => job.PlacedAt, now)));
        return claimed > 0;
    }

    /// <summary>How many jobs each runner has, and how many wait.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountsAsync(CancellationToken cancellation)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellation);
        return await db.Set<StepJobRow>().Where(job => job.State != JobState.Told).GroupBy(job => job.Runner ?? "").Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(group => group.Key, group => group.Count, cancellation);
    }

    /// <summary>
    /// An attempt's result is a letter to its run, written in the same transaction: its place is free, and its row stays until the
    /// journal has the result. A next attempt that only waits, since its runner fell silent, is not needed.
    /// </summary>
    internal static void Tell(FlowsDb db, JobKey key) => db.Set<StepJobRow>()
        .Where(job => job.Id == key.JobId && (job.Attempt == key.Attempt || job.Attempt == key.Attempt + 1 && job.State == JobState.Waiting && job.Session != null))
        .ExecuteUpdate(set => set
            .SetProperty(job => job.State, JobState.Told).SetProperty(job => job.Attempt, key.Attempt)
            .SetProperty(job => job.Runner, (string?)null).SetProperty(job => job.Session, (string?)null).SetProperty(job => job.Chunk, (string?)null));

    /// <summary>The letter was handed over.</summary>
    internal static void RemoveTold(FlowsDb db, JobKey key) =>
        db.Set<StepJobRow>().Where(job => job.Id == key.JobId && job.State == JobState.Told && job.Attempt == key.Attempt).ExecuteDelete();

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    private Task ChangeAsync(Action<DbSet<StepJobRow>> change) => _writer.AddAsync(new JobWrite.Change(db => change(db.Set<StepJobRow>())));

    // Its row is written, so that whoever revives it waits for this, or this for that.
    private static bool IsDead(FlowsDb db, string runner, string session)
    {
        var row = db.Set<RunnerRow>().Where(row => row.Name == runner && row.Session == session);
        return row.Where(row => row.Status == RunnerStatus.Gone).ExecuteUpdate(set => set.SetProperty(row => row.Status, RunnerStatus.Gone)) > 0 || !row.Any();
    }

    private void Restore(IQueryable<StepJobRow> jobs, string runner, string session, IReadOnlyCollection<JobKey> keys)
    {
        var now = _time.GetUtcNow();
        foreach (var key in keys)
        {
            jobs.Where(job => job.Id == key.JobId && job.State == JobState.Waiting && job.Attempt == key.Attempt + 1 && job.Session == session).ExecuteUpdate(set => set
                .SetProperty(job => job.State, JobState.Placed).SetProperty(job => job.Attempt, key.Attempt).SetProperty(job => job.Runner, runner).SetProperty(job => job.Losses, job => job.Losses > 0 ? job.Losses - 1 : 0)
                .SetProperty(job => job.Chunk, job => job.Id).SetProperty(job => job.PlacedAt, now));
        }
    }

    private static void Cancel(IQueryable<StepJobRow> jobs)
    {
        jobs.Where(job => job.State == JobState.Waiting || job.State == JobState.Lost || job.State == JobState.Told).ExecuteDelete();
        jobs.Where(job => job.State == JobState.Placed).ExecuteUpdate(set => set.SetProperty(job => job.State, JobState.Cancelling));
    }

    // Whose it was is still to be seen: that process may come back with it.
    private void Wait(IQueryable<StepJobRow> jobs, bool begun, bool isLoss) => jobs.Where(job => job.State == JobState.Placed).ExecuteUpdate(set => set
        .SetProperty(job => job.State, job => isLoss && job.Losses >= MostLosses ? JobState.Lost : JobState.Waiting)
        .SetProperty(job => job.Losses, job => isLoss ? job.Losses + 1 : job.Losses)
        .SetProperty(job => job.Attempt, job => begun ? job.Attempt + 1 : job.Attempt)
        .SetProperty(job => job.Runner, (string?)null)
        .SetProperty(job => job.Chunk, (string?)null));

    // Another orchestrator may write or take away a row between this one's look at it and its change: then all is done anew, from what is there now.
    private void Commit(IReadOnlyList<JobWrite> writes)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                CommitOnce(writes);
                return;
            }
            catch (DbUpdateException refused) when (tries < MostTries && !PassingFault.Is(refused)) { }
        }
    }

    private void CommitOnce(IReadOnlyList<JobWrite> writes)
    {
        if (writes.Any(write => write is JobWrite.Change)) _fresh.Clear();
        using var db = _databases.CreateDbContext();
        // What fails, fails with the whole transaction: nothing is gone back to in its middle.
        db.Database.AutoSavepointsEnabled = false;
        using var transaction = db.Database.BeginTransaction();
        JobWrite.Apply(db, writes);
        // Where nobody else places jobs, one is placed as it is written down: without a commit and a hand-over of its own.
        var placed = _places.PlaceWithin(db);
        transaction.Commit();
        foreach (var chunk in placed) Hand(chunk, writes);
        // What began or ended was seen to here; what came back may have been lost too often.
        if (db.IsShared || writes.Any(write => write is JobWrite.Change)) _signals.Change();
    }

    private void Hand(JobChunk chunk, IReadOnlyList<JobWrite> writes)
    {
        var keys = chunk.Jobs.Select(job => job.Key).ToHashSet();
        foreach (var added in writes.OfType<JobWrite.Add>().Where(added => keys.Contains(added.Job.Key))) _fresh[added.Job.Key] = JobWrite.Placed(added.Job, chunk);
        _signals.Hand(chunk);
    }
}

/// <summary>An attempt that is over.</summary>
/// <param name="HasResult">Its result is in the journal: a next attempt that only waits is not needed.</param>
public readonly record struct JobEnd(JobKey Key, bool HasResult);

/// <summary>A job that is placed at a runner.</summary>
public sealed record HeldJob(JobKey Key, JobState State, DateTimeOffset PlacedAt, string Chunk);
