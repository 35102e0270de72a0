using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Flows.Contract.Runs;

public enum RunStatus { Running, Finished }

public enum RunSubStatus { Pending, Executing, Suspended, Finished, Cancelled, Faulted, Interrupted }

public enum StepStatus { Queued, Running, Suspended, Completed, Faulted, Canceled, Skipped }

/// <summary>A run as <c>/api/runs/{id}</c> and <c>./flows run --json</c> give it.</summary>
public sealed record RunRecord
{
    public required string Id { get; init; }

    public required string DefinitionId { get; init; }

    public string Name { get; init; } = "";

    public int Version { get; init; }

    public RunStatus Status { get; init; }

    public RunSubStatus SubStatus { get; init; }

    public JsonObject Inputs { get; init; } = [];

    public JsonObject Output { get; init; } = [];

    /// <summary>What WriteLine wrote, in order.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    public IReadOnlyList<Incident> Incidents { get; init; } = [];

    /// <summary>Steps in the order they started.</summary>
    public IReadOnlyList<StepRecord> Steps { get; init; } = [];

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<BookmarkRecord> Bookmarks { get; init; } = [];

    public string? CorrelationId { get; init; }

    public string? ParentRunId { get; init; }

    /// <summary>The run whose finished steps this one kept.</summary>
    public string? ResumedFrom { get; init; }

    /// <summary>How it is debugged, as it is now; null for an ordinary run.</summary>
    public DebugRequest? Debug { get; init; }

    public string ProjectId { get; init; } = "default";

    public string Author { get; init; } = "local";

    /// <summary>What started it: <c>manual, schedule, …</c>.</summary>
    public string Trigger { get; init; } = "manual";

    /// <summary>What the trigger begins with of a run that was carried out elsewhere and came by sync; behind it, who ran it on which machine.</summary>
    public const string SyncTrigger = "sync ";

    /// <summary>It has no journal here: it can be looked at, and not be gone on from.</summary>
    public static bool IsSynced(string trigger) => trigger.StartsWith(SyncTrigger, StringComparison.Ordinal);

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }
}

public sealed record Incident(string ActivityId, string Message)
{
    public DateTimeOffset At { get; init; }

    /// <summary>The flow itself dealt with it: it went on after the fault, or caught it. Such a fault does not end the run.</summary>
    public bool Handled { get; init; }
}

/// <summary>A fault of an earlier attempt, after which the step was tried again.</summary>
public sealed record StepFault(int Attempt, string Message)
{
    public DateTimeOffset At { get; init; }
}

/// <summary>One execution of one activity; a loop's body has a step per pass.</summary>
public sealed record StepRecord
{
    public required string StepId { get; init; }

    public required string ActivityId { get; init; }

    public required string ActivityType { get; init; }

    /// <summary>Step of the container that scheduled it; null for the root.</summary>
    public string? ParentStepId { get; init; }

    public StepStatus Status { get; init; }

    public int Attempt { get; init; } = 1;

    /// <summary>When the step was scheduled; the time until <see cref="StartedAt"/> is queue time.</summary>
    public DateTimeOffset? QueuedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public string? Runner { get; init; }

    public string Queue { get; init; } = "inline";

    /// <summary>Kept from the run that this one goes on from, or taken from the cache.</summary>
    public bool Cached { get; init; }

    /// <summary>The run whose result this is; null when the step was carried out.</summary>
    public string? CachedFrom { get; init; }

    /// <summary>Its outputs were pinned: it was not carried out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Pinned { get; init; }

    /// <summary>Why it stopped before it began, in a run that is debugged; null when it did not, or has gone on.</summary>
    public Halt? Halt { get; init; }

    public JsonObject? Inputs { get; init; }

    public JsonObject? Outputs { get; init; }

    public IReadOnlyList<string> Outcomes { get; init; } = [];

    public IReadOnlyDictionary<string, double>? Metrics { get; init; }

    /// <summary>What its process ran in; null when it had none of its own.</summary>
    public StepEnvironment? Environment { get; init; }

    /// <summary>What its process used; null when it had none of its own.</summary>
    public ResourceUse? Used { get; init; }

    /// <summary>Code, seed, machine and files that its result came from; null for what the engine does itself.</summary>
    public Provenance.StepFacts? Facts { get; init; }

    public string? Fault { get; init; }

    /// <summary>Runs that the step started; null when it starts none.</summary>
    public IReadOnlyList<string>? ChildRuns { get; init; }

    /// <summary>Why earlier attempts faulted, oldest first; null when none did.</summary>
    public IReadOnlyList<StepFault>? EarlierFaults { get; init; }

    /// <summary>Share done, 0 to 1, while it runs; null when it says nothing.</summary>
    public double? Progress { get; init; }

    public string? ProgressText { get; init; }
}

public sealed record BookmarkRecord(string Id, string ActivityId, string ActivityType)
{
    public string? StepId { get; init; }

    /// <summary>When a timer resumes it; null for a stimulus.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The attempt that begins then, when it is a retry that waits; resuming it by hand retries at once.</summary>
    public int? RetryAttempt { get; init; }

    /// <summary>Why the step stopped before it began, in a run that is debugged; null when the step itself waits.</summary>
    public Halt? Halt { get; init; }
}

/// <param name="Event"><c>Started, Completed, Faulted, Retried, Suspended, Resumed, Canceled</c>.</param>
public sealed record JournalEntry(long Seq, DateTimeOffset At, string ActivityId, string Event);

public sealed record RunSummary(string Id, string DefinitionId, string Name, int Version, RunStatus Status, RunSubStatus SubStatus)
{
    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public string Author { get; init; } = "";

    public string Trigger { get; init; } = "manual";

    /// <summary>The run that started it; null for one that stands for itself.</summary>
    public string? ParentRunId { get; init; }
}

/// <summary>A line of a step's log: <c>/api/runs/{id}/logs</c>.</summary>
public sealed record LogLine(long Seq, DateTimeOffset At, string? StepId, string? ActivityId, Activities.LogLevel Level, string Text);

/// <summary>Body of <c>POST /api/flows/{definitionId}/runs</c>.</summary>
public sealed record RunRequest
{
    public JsonObject? Inputs { get; init; }

    /// <summary><c>counter</c> or <c>token</c>; null for what the definition says.</summary>
    public string? ExecutionMode { get; init; }

    public string? CorrelationId { get; init; }

    /// <summary>Carry every step out, whatever the cache has.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool NoCache { get; init; }

    /// <summary>Set by the server: the activity that started the run, and what came to it.</summary>
    public string? TriggerActivityId { get; init; }

    public JsonNode? TriggerInput { get; init; }

    /// <summary>Jobs of runs with a higher one go first, -100 to 100; null for what the flow says, else 0.</summary>
    public int? Priority { get; init; }

    /// <summary>Set by the server: the step of another run that started this one.</summary>
    public ParentStep? Parent { get; init; }

    /// <summary>Set by the server: the run that this one goes on from.</summary>
    public string? ResumedFrom { get; init; }

    /// <summary>Set by the server: the activity that is done anew with everything after it.</summary>
    public string? RerunFrom { get; init; }

    /// <summary>Set by the server: the run that this one makes again, and how.</summary>
    public Provenance.Reproduction? Reproduces { get; init; }

    /// <summary>How the run is debugged; null for an ordinary run.</summary>
    public DebugRequest? Debug { get; init; }
}

/// <summary>The step of another run that started a run.</summary>
/// <param name="Report"><c>Never</c>, <c>Settled</c> or <c>Ended</c>: when the run tells it how it stands.</param>
/// <param name="Depth">Runs above it, 1 for a child of a run that nobody started.</param>
public sealed record ParentStep(string RunId, int Step, string Report, int Depth);
