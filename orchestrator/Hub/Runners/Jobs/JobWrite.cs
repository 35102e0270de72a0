using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Runners;

/// <summary>A change of job rows. Changes of one kind that follow each other are carried out together; each may be done twice.</summary>
public abstract record JobWrite
{
    private JobWrite() { }

    /// <param name="Current">
    /// The attempt that the run's journal knows of, when the run was taken up anew: a job that is there for it, or for a later
    /// one, goes on. Null: the job is new.
    /// </param>
    public sealed record Add(StepJobRow Job, int? Current) : JobWrite;

    /// <summary>The result of this attempt is in the journal, or it was cancelled and is dead.</summary>
    public sealed record End(JobEnd Job) : JobWrite;

    /// <summary>Any other change.</summary>
    public sealed record Change(Action<FlowsDb> Work) : JobWrite;

    public static void Apply(FlowsDb db, IReadOnlyList<JobWrite> writes)
    {
        for (var i = 0; i < writes.Count;)
        {
            var alike = writes.Skip(i).TakeWhile(write => write.GetType() == writes[i].GetType()).ToList();
            if (alike[0] is Change) alike.ForEach(write => ((Change)write).Work(db));
            else if (alike[0] is Add) AddAll(db, alike.ConvertAll(write => (Add)write));
            else EndAll(db, alike.Select(write => ((End)write).Job));
            i += alike.Count;
        }
    }

    /// <summary>A job as it stands once it is placed.</summary>
    public static StepJobRow Placed(StepJobRow job, JobChunk chunk)
    {
        var placed = Copy(job);
        (placed.State, placed.Runner, placed.Session, placed.Chunk) = (JobState.Placed, chunk.Runner.Name, chunk.Runner.Session, chunk.Id);
        return placed;
    }

    private static void AddAll(FlowsDb db, List<Add> adds)
    {
        var ids = adds.ConvertAll(add => add.Job.Id);
        var known = db.Set<StepJobRow>().Where(job => ids.Contains(job.Id)).ToDictionary(job => job.Id);
        foreach (var add in adds)
        {
            if (!known.TryGetValue(add.Job.Id, out var there)) db.Add(known[add.Job.Id] = Copy(add.Job));
            else if (add.Current is not { } current || there.Attempt < current || there.State == JobState.Cancelling) Renew(there, add.Job);
        }
        db.SaveChanges();
        db.ChangeTracker.Clear();
    }

    // The caller keeps its own: what was tracked by a transaction that failed is of no use to the next.
    private static StepJobRow Copy(StepJobRow job) => new()
    {
        Id = job.Id, RunId = job.RunId, Step = job.Step, Attempt = job.Attempt, DefinitionId = job.DefinitionId, ActivityId = job.ActivityId,
        Activity = job.Activity, Inputs = job.Inputs, Labels = job.Labels, Priority = job.Priority, ConcurrencyKey = job.ConcurrencyKey,
        ConcurrencyLimit = job.ConcurrencyLimit, CreatedAt = job.CreatedAt, ProjectId = job.ProjectId, Author = job.Author,
    };

    // An attempt that is still under way somewhere is void: its runner is told so when it next asks.
    private static void Renew(StepJobRow there, StepJobRow job)
    {
        (there.Attempt, there.State) = (Math.Max(job.Attempt, there.Attempt + 1), JobState.Waiting);
        (there.Activity, there.Inputs, there.Labels, there.Priority) = (job.Activity, job.Inputs, job.Labels, job.Priority);
        (there.ConcurrencyKey, there.ConcurrencyLimit) = (job.ConcurrencyKey, job.ConcurrencyLimit);
        (there.Runner, there.Session, there.Chunk, there.PlacedAt, there.CreatedAt) = (null, null, null, null, job.CreatedAt);
        there.Losses = 0;
    }

    // A job that waits for its next attempt because its runner fell silent still names that session; one that is tried again on purpose does not.
    private static void EndAll(FlowsDb db, IEnumerable<JobEnd> ended)
    {
        foreach (var alike in ended.GroupBy(end => (end.Key.Attempt, end.HasResult)))
        {
            var ((attempt, hasResult), ids) = (alike.Key, alike.Select(end => end.Key.JobId).ToList());
            db.Set<StepJobRow>().Where(job => ids.Contains(job.Id) && (job.Attempt == attempt || hasResult && job.Attempt == attempt + 1 && job.State == JobState.Waiting && job.Session != null)).ExecuteDelete();
        }
    }
}
