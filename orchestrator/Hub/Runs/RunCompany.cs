using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Hub.Runners;
using Flows.Hub.Storage;

namespace Flows.Hub.Runs;

/// <summary>What every live run works with: journal, executor, jobs, timers.</summary>
public sealed class RunCompany(IJournal journal, RunStore store, StepExecutor executor, StepContexts contexts, TimeProvider time, ILogger<RunCompany> log)
{
    public IJournal Journal { get; } = journal;

    public RunStore Store { get; } = store;

    public StepExecutor Executor { get; } = executor;

    public TimeProvider Time { get; } = time;

    public required StepJobs Jobs { get; init; }

    public required WaitingSteps Waiting { get; init; }

    /// <summary>What steps write.</summary>
    public required Logs.StepLogs Logs { get; init; }

    /// <summary>How far steps say to be.</summary>
    public required StepProgress Progress { get; init; }

    public required Cache.StepCache Cache { get; init; }

    public required Records.AttemptRecords Records { get; init; }

    /// <summary>Gives the verdict on a run that makes another again, at its end.</summary>
    public required Func<RunRow, RunRecord, Task> Judge { get; init; }

    public required Approvals.ApprovalBook Approvals { get; init; }

    /// <summary>Files of the flow that a run executes.</summary>
    public required Func<RunRow, Contract.Artifacts.IFlowFiles> Files { get; init; }

    public required RunTokens Tokens { get; init; }

    /// <summary>Hands an event to every run that waits for it, and starts the flows that begin with it.</summary>
    public required Func<EventNews, Task<int>> Deliver { get; init; }

    /// <summary>Runs that steps of runs start, and what they tell each other.</summary>
    public required RunFamily Family { get; init; }

    /// <summary>Requests that wait for what a run answers.</summary>
    public required Endpoints.HttpAnswers Answers { get; init; }

    /// <summary>Takes a finished run out of memory.</summary>
    public required Action<LiveRun> Forget { get; init; }

    /// <summary>Work folders of steps that died with an earlier process.</summary>
    public void RemoveLeftovers() => contexts.CleanAll();

    public RunEvent Begin(RunRow row)
    {
        var request = KeptSteps.RequestOf(row);
        return new RunEvent.Begun(request.Inputs ?? [], request.ExecutionMode, request.CorrelationId, request.TriggerActivityId) { TriggerInput = request.TriggerInput, ResumedFrom = request.ResumedFrom, RerunFrom = request.RerunFrom, Debug = request.Debug };
    }

    public ActivityContext Context(LiveRun run, int step, JsonObject inputs)
    {
        var id = run.StepRecord(step).StepId;
        return contexts.For(new StepAssignment($"{run.Row.Id}/{step}", run.Row.Id, id, 1)
        {
            ProjectId = run.Row.ProjectId, Author = run.Row.Author, DefinitionId = run.Row.DefinitionId, Activity = run.ActivityOf(step).Json, Inputs = inputs, Token = Tokens.Of(run.Row.Id),
        }, new InlineLog(run, step, id, this));
    }

    /// <summary>The engine's record with what only the host knows.</summary>
    public static RunRecord Completed(RunRecord record, RunRow row, IReadOnlyDictionary<string, (double Share, string? Text)> progress) => record with
    {
        ProjectId = row.ProjectId,
        Author = row.Author,
        Trigger = row.Trigger,
        ParentRunId = row.ParentRunId,
        CreatedAt = row.CreatedAt,
        Steps = progress.Count == 0 ? record.Steps : [.. record.Steps.Select(step => WithProgress(step, progress))],
    };

    public static RunSummary Summary(RunRecord record) => new(record.Id, record.DefinitionId, record.Name, record.Version, record.Status, record.SubStatus)
    {
        CreatedAt = record.CreatedAt,
        FinishedAt = record.FinishedAt,
        Author = record.Author,
        Trigger = record.Trigger,
        ParentRunId = record.ParentRunId,
    };

    /// <summary>The journal refuses or the core is broken: the run stops here, is taken up again at the next start, and the server lives.</summary>
    public async Task InterruptAsync(RunRow row, Exception broken)
    {
        log.LogError(broken, "Run {Run} was interrupted; it is taken up again at the next start", row.Id);
        try { await Store.MarkAsync(row, RunStatus.Running, RunSubStatus.Interrupted); }
        catch (Exception refused) { log.LogError(refused, "Run {Run} could not be marked as interrupted", row.Id); }
    }

    /// <summary>After an inline step: its log is stored and says what it dropped, its work folder goes.</summary>
    public async Task CleanUpAsync(LiveRun run, int step)
    {
        var record = run.StepRecord(step);
        await Logs.CloseAsync(run.Row.Id, record.StepId, record.ActivityId);
        contexts.Clean(record.StepId);
    }

    private sealed class InlineLog(LiveRun run, int step, string stepId, RunCompany company) : IStepLog
    {
        private readonly string _activityId = run.ActivityOf(step).Id;

        public void Write(Contract.Activities.LogLevel level, string text) => company.Logs.Write(run.Row.Id, stepId, _activityId, level, text);

        public void Progress(double share, string? text = null) => company.Progress.Tell(run.Row.Id, step, share, text);
    }

    private static StepRecord WithProgress(StepRecord step, IReadOnlyDictionary<string, (double Share, string? Text)> progress) =>
        step.Status is StepStatus.Running && progress.TryGetValue(step.StepId, out var said)
            ? step with { Progress = said.Share, ProgressText = said.Text }
            : step;
}
