using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Runs;
using Flows.Engine.Graph;
using Flows.Engine.Run;

namespace Flows.Engine;

/// <summary>The run as others see it.</summary>
public sealed partial class RunState
{
    private DateTimeOffset? _finishedAt;

    public StepRecord Step(int step) => Project(_steps[step]);

    /// <summary>The whole run as the API shows it; the host adds project, author, trigger and live progress.</summary>
    public RunRecord ToRecord() => new()
    {
        Id = RunId,
        DefinitionId = Graph.Definition.DefinitionId,
        Name = Name ?? Graph.Definition.Name,
        Version = Graph.Definition.Version,
        Status = Status,
        SubStatus = SubStatus,
        Inputs = (JsonObject)Inputs.DeepClone(),
        Output = (JsonObject)Output.DeepClone(),
        Lines = [.. _lines],
        Incidents = [.. _incidents],
        Steps = _steps.ConvertAll(Project),
        Bookmarks = [.. _bookmarks.Values.Select(bookmark => bookmark.Record)],
        CorrelationId = CorrelationId,
        ResumedFrom = _begun?.ResumedFrom,
        Debug = _debugging?.Now,
        CreatedAt = _begun?.At ?? default,
        StartedAt = _begun?.At,
        FinishedAt = _finishedAt,
    };

    /// <summary>Effects that are still open, for taking a run over after its owner died: running steps anew with the next attempt.</summary>
    public IReadOnlyList<RunEffect> Pending()
    {
        var open = new List<RunEffect>();
        foreach (var bookmark in _bookmarks.Values) open.Add(new RunEffect.Wait(bookmark.Record));
        foreach (var step in _publishing.Values) open.Add(Announcement(step)!);
        foreach (var step in _parenting.Values) open.AddRange(Starts(step));
        foreach (var step in _steps.Where(Awaits).OrderBy(step => step.Turn))
        {
            open.Add(step == _executing ? new RunEffect.Execute(step.Id, NextAttempt(step)) : new RunEffect.Dispatch(step.Id, NextAttempt(step)));
        }
        return open;
    }

    // What an earlier owner handed out may have begun without the journal knowing: each owner's attempts have numbers of their own.
    private void Succeed()
    {
        foreach (var step in _steps.Where(Awaits)) step.Successions++;
    }

    private static int NextAttempt(Step step) => step.Attempt + Math.Max(step.Successions, step.StartedAt is null ? 0 : 1);

    private string StepIdOf(Step step) => $"{RunId}.{step.Id}";

    // When the run is over nothing is under way any more: a container shows what became of what is in it.
    private StepStatus Shown(Step step)
    {
        if (Status == RunStatus.Running || !step.IsRunning) return step.Status;
        return step.Children().Any(child => Shown(child) == StepStatus.Faulted) ? StepStatus.Faulted : StepStatus.Canceled;
    }

    private StepRecord Project(Step step) => new()
    {
        StepId = StepIdOf(step),
        ActivityId = step.Node.Id,
        ActivityType = step.Node.Type,
        ParentStepId = step.Parent is { } parent ? StepIdOf(parent) : null,
        Status = Shown(step),
        Attempt = step.Attempt,
        QueuedAt = step.QueuedAt,
        StartedAt = step.StartedAt,
        FinishedAt = step.FinishedAt,
        Runner = step.Runner,
        Queue = step.Node.Behaviour == Behaviour.Dispatch ? ActivityDescriptor.Default : ActivityDescriptor.Inline,
        Inputs = step.Shown.Keep(step.Inputs, "inputs", step.Decided),
        Outputs = step.Shown.Keep(step.Outputs, "outputs", step.Decided),
        Outcomes = step.Status == StepStatus.Completed || step.IsHandled && step.Node.Policy is { ContinueOnError: true } ? step.Outcomes ?? ["Done"] : [],
        Metrics = step.Metrics,
        ChildRuns = step.Offspring is { } children ? [.. children.All.Select(child => child.Run.RunId)] : null,
        Environment = step.Environment,
        Used = step.Used,
        Facts = step.Facts,
        Cached = step.Cached,
        CachedFrom = step.Cached ? step.CachedFrom : null,
        Pinned = step.Pinned,
        Halt = step.Halt,
        Fault = step.Fault,
        EarlierFaults = step.EarlierFaults.Count == 0 ? null : step.EarlierFaults,
    };
}
