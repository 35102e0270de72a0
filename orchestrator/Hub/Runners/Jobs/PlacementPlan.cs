namespace Flows.Hub.Runners;

/// <summary>A job that waits, as far as placing it is concerned.</summary>
public sealed record WaitingJob(string Id, string RunId, int Step, int Attempt, string DefinitionId, string ActivityId)
{
    public string Labels { get; init; } = "";

    public int Priority { get; init; }

    public string? ConcurrencyKey { get; init; }

    public int ConcurrencyLimit { get; init; }

    public long CreatedAt { get; init; }

    public int Losses { get; init; }

    public JobKey Key => new(RunId, Step, Attempt);
}

/// <summary>A runner that takes jobs, with how many places it has left.</summary>
public sealed record FreeRunner(string Name, string Session, IReadOnlySet<string> Labels, int Free)
{
    public bool HasQueue { get; init; }

    /// <summary>Places in all, free or not.</summary>
    public int Places { get; init; } = Free;
}

/// <summary>What is placed already.</summary>
/// <param name="ByRun">Jobs of each run that are at runners.</param>
/// <param name="BySlot">Slots taken of each concurrency key.</param>
public sealed record PlacedJobs(IReadOnlyDictionary<string, int> ByRun, IReadOnlyDictionary<string, int> BySlot);

/// <summary>Jobs that go to one place of one runner, one after the other.</summary>
public sealed record JobChunk(FreeRunner Runner)
{
    public string Id { get; } = Guid.NewGuid().ToString("N");

    public List<WaitingJob> Jobs { get; } = [];

    /// <summary>What its runner calls them, in their order.</summary>
    public string[] Keys => [.. Jobs.Select(job => job.Key.ToString())];
}

/// <summary>
/// Which job goes to which runner: by priority, then to the run that has least, then first come first served. A runner must
/// have the job's labels and a free place; a concurrency key must have a free slot. Jobs known to be short share a place.
/// </summary>
/// <param name="expected">Seconds of a job that takes so little time that handing it over alone would cost more; null for any other.</param>
public sealed class PlacementPlan(PlacedJobs placed, Func<WaitingJob, double?> expected)
{
    private const int LongestChunk = 256;

    // In seconds of work: what handing a chunk over costs, what nobody minds waiting for, and what is too long for one place.
    private const double LeastOfChunk = 0.02;
    private const double SoonDone = 0.25;
    private const double MostOfChunk = 1;

    private readonly Dictionary<string, int> _byRun = new(placed.ByRun);
    private readonly Dictionary<string, int> _bySlot = new(placed.BySlot);
    private readonly List<JobChunk> _chunks = [];
    private readonly List<JobChunk> _open = [];
    private readonly Dictionary<string, int> _free = [];
    private int _quota;

    public IReadOnlyList<JobChunk> Make(IReadOnlyList<WaitingJob> waiting, IReadOnlyList<FreeRunner> runners)
    {
        foreach (var runner in runners) _free[runner.Name] = runner.Free;
        _quota = Quota([.. waiting.Where(IsChunked).Select(job => expected(job) ?? 0)], runners.Sum(runner => Math.Max(0, runner.Places)));
        var next = new PriorityQueue<Queue<WaitingJob>, (int, int, long, string)>();
        foreach (var run in waiting.GroupBy(job => job.RunId)) Add(next, new Queue<WaitingJob>(run.OrderByDescending(job => job.Priority).ThenBy(job => job.Step)));
        while (next.TryDequeue(out var run, out _) && (_open.Count > 0 || _free.Values.Any(free => free > 0)))
        {
            var job = run.Dequeue();
            if (HasSlot(job) && Place(job, runners)) Count(job);
            Add(next, run);
        }
        return _chunks;
    }

    // Two chunks for each place, so that a slow one does not hold up what stands behind it for long; one when all will be done soon.
    private static int Quota(double[] jobs, int places)
    {
        if (places == 0 || jobs.Length == 0) return 1;
        var each = Math.Max(jobs.Average(), 1e-6);
        var chunks = jobs.Length * each / places < SoonDone ? places : 2 * places;
        var (least, most) = (LeastOfChunk / each, Math.Min(MostOfChunk / each, LongestChunk));
        return (int)Math.Max(1, Math.Min(Math.Max(Math.Ceiling(jobs.Length / (double)chunks), least), most));
    }

    private void Add(PriorityQueue<Queue<WaitingJob>, (int, int, long, string)> next, Queue<WaitingJob> run)
    {
        if (run.TryPeek(out var job)) next.Enqueue(run, (-job.Priority, _byRun.GetValueOrDefault(job.RunId), job.CreatedAt, job.RunId));
    }

    // What kills its runner takes those beside it along.
    private bool IsChunked(WaitingJob job) => job.ConcurrencyKey is null && job.Losses == 0 && expected(job) is not null;

    private bool HasSlot(WaitingJob job) => job.ConcurrencyKey is not { } key || _bySlot.GetValueOrDefault(key) < job.ConcurrencyLimit;

    private bool Place(WaitingJob job, IReadOnlyList<FreeRunner> runners)
    {
        var labels = job.Labels.Split(',', StringSplitOptions.RemoveEmptyEntries);
        // The runner with most room; of equals the least special one, so that those who need its labels find it free.
        var runner = runners.Where(runner => _free[runner.Name] > 0 && labels.All(runner.Labels.Contains))
            .OrderByDescending(runner => _free[runner.Name]).ThenBy(runner => runner.Labels.Count).FirstOrDefault();
        if (IsChunked(job) && _open.Find(chunk => labels.All(chunk.Runner.Labels.Contains)) is { } open && (runner is null || open.Jobs.Count < _quota))
        {
            open.Jobs.Add(job);
            if (open.Jobs.Count >= _quota) _open.Remove(open);
            return true;
        }
        if (runner is null) return false;
        _free[runner.Name]--;
        var chunk = new JobChunk(runner);
        chunk.Jobs.Add(job);
        _chunks.Add(chunk);
        if (IsChunked(job) && _quota > 1) _open.Add(chunk);
        return true;
    }

    private void Count(WaitingJob job)
    {
        _byRun[job.RunId] = _byRun.GetValueOrDefault(job.RunId) + 1;
        if (job.ConcurrencyKey is { } key) _bySlot[key] = _bySlot.GetValueOrDefault(key) + 1;
    }
}
