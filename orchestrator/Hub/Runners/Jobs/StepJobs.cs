using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Engine;
using Flows.Hub.Runs;

namespace Flows.Hub.Runners;

/// <summary>Steps that are jobs, as their runs see them: written down, then placed; cancelled; and sorted out when a run is taken up anew.</summary>
public sealed class StepJobs(JobStore store, JobSignals signals, TimeProvider time, ILogger<StepJobs> log)
{
    /// <summary>Hands jobs of a run on, all at once; ends when they are written down.</summary>
    internal Task EnqueueAsync(LiveRun run, IReadOnlyList<JobWrite.Add> jobs) =>
        Task.WhenAll(jobs.Zip(store.AddAll(jobs), (job, written) => FollowAsync(run, job.Job, written)));

    /// <param name="current">The attempt that the journal knows of, when the run was taken up anew; null for a new job.</param>
    internal JobWrite.Add Job(LiveRun run, RunEffect.Dispatch dispatch, (FlowActivity Activity, JsonObject Inputs) work, int? current) => new(Row(run, dispatch, work), current);

    /// <summary>Cancels a step wherever it is; its activity ends its own process group.</summary>
    public void Abandon(string runId, int step) => _ = AbandonAsync(JobKey.IdOf(runId, step));

    /// <summary>The run waits for these steps and no others: what is left of an earlier life of it ends.</summary>
    public Task KeepOnlyAsync(string runId, IEnumerable<int> steps) => store.KeepOnlyAsync(runId, [.. steps.Select(step => JobKey.IdOf(runId, step))]);

    private async Task FollowAsync(LiveRun run, StepJobRow row, Task written)
    {
        try { await written; }
        catch (Exception refused)
        {
            log.LogError(refused, "The job {Job} could not be written down", row.Id);
            run.Post(new RunEvent.StepEnded(row.Step, row.Attempt, new StepResult { Fault = $"The step could not be handed to a runner: {refused.Message}" }));
        }
    }

    private async Task AbandonAsync(string jobId)
    {
        try { await store.CancelAsync(jobId); }
        catch (Exception refused) { log.LogError(refused, "The cancelled job {Job} could not be marked", jobId); }
        signals.Cancel(jobId);
    }

    private StepJobRow Row(LiveRun run, RunEffect.Dispatch dispatch, (FlowActivity Activity, JsonObject Inputs) work)
    {
        var wish = PlacementWish.Of(work.Activity);
        return new StepJobRow
        {
            Id = JobKey.IdOf(run.Row.Id, dispatch.Step),
            RunId = run.Row.Id,
            Step = dispatch.Step,
            Attempt = dispatch.Attempt,
            ProjectId = run.Row.ProjectId,
            Author = run.Row.Author,
            DefinitionId = run.Row.DefinitionId,
            ActivityId = work.Activity.Id,
            Activity = work.Activity.Json.ToJsonString(ContractJson.Options),
            Inputs = work.Inputs.ToJsonString(ContractJson.Options),
            Labels = string.Join(',', wish.Labels),
            Priority = run.Priority + wish.Priority,
            ConcurrencyKey = wish.Concurrency?.Key,
            ConcurrencyLimit = wish.Concurrency?.Limit ?? 0,
            CreatedAt = time.GetUtcNow(),
        };
    }
}
