using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Flows.Contract.Runs;

namespace Flows.Engine;

/// <summary>
/// What happened to a run: the journal's rows. Replaying them over the same graph gives the same state.
/// The host stamps <see cref="At"/>; the core has no clock.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(Begun), "begun")]
[JsonDerivedType(typeof(StepBegun), "stepBegun")]
[JsonDerivedType(typeof(StepEnded), "stepEnded")]
[JsonDerivedType(typeof(BookmarkResumed), "bookmarkResumed")]
[JsonDerivedType(typeof(EventDelivered), "eventDelivered")]
[JsonDerivedType(typeof(ChildStarted), "childStarted")]
[JsonDerivedType(typeof(ChildReported), "childReported")]
[JsonDerivedType(typeof(CancelRequested), "cancelRequested")]
[JsonDerivedType(typeof(OwnerChanged), "ownerChanged")]
[JsonDerivedType(typeof(Steered), "steered")]
public abstract record RunEvent
{
    private RunEvent() { }

    public DateTimeOffset At { get; init; }

    /// <param name="Mode"><c>counter</c> or <c>token</c>; null: what the definition says.</param>
    public sealed record Begun(JsonObject Inputs, string? Mode = null, string? CorrelationId = null, string? TriggerActivityId = null) : RunEvent
    {
        /// <summary>What the trigger brought: a request, an event's payload.</summary>
        public JsonNode? TriggerInput { get; init; }

        /// <summary>The run whose finished steps may be kept; null for a run of its own.</summary>
        public string? ResumedFrom { get; init; }

        /// <summary>Activity that is done anew, with everything after it, even if its result could be kept.</summary>
        public string? RerunFrom { get; init; }

        /// <summary>How the run is debugged; null for an ordinary run.</summary>
        public DebugRequest? Debug { get; init; }
    }

    /// <summary>A job was taken up by a runner. Inline steps begin when they are decided on.</summary>
    public sealed record StepBegun(int Step, int Attempt, string Runner) : RunEvent
    {
        /// <summary>Inputs that the job was given: shown while it runs, and given again to a later attempt.</summary>
        public JsonObject? Inputs { get; init; }
    }

    /// <summary>A step's result. One with another attempt than the step's current one is ignored: it comes from a dead runner.</summary>
    public sealed record StepEnded(int Step, int Attempt, StepResult Result) : RunEvent;

    public sealed record BookmarkResumed(string BookmarkId, JsonNode? Input = null) : RunEvent;

    /// <summary>What a PublishEvent step announced is in the journals of the runs that waited for it.</summary>
    public sealed record EventDelivered(int Step) : RunEvent;

    /// <summary>A run that a step starts is written down, or cannot be started.</summary>
    public sealed record ChildStarted(int Step, string RunId, string? Fault = null) : RunEvent;

    /// <summary>How a run stands that a step started: over, or waiting for something.</summary>
    /// <param name="Lines">All that it wrote so far.</param>
    public sealed record ChildReported(int Step, string RunId, Contract.Runs.RunSubStatus SubStatus, JsonObject Output, IReadOnlyList<string> Lines) : RunEvent;

    public sealed record CancelRequested(string By) : RunEvent;

    /// <summary>Another orchestrator took the run over. It takes its place in the journal, so that the earlier owner's next append is refused, and steps that are begun again get another attempt than any before.</summary>
    public sealed record OwnerChanged(string Owner) : RunEvent;

    /// <summary>Somebody who debugs the run says where it stops from now on, and whether steps go on that stopped.</summary>
    public sealed record Steered(Going Going = Going.None) : RunEvent
    {
        /// <summary>In place of those so far; null leaves them.</summary>
        public IReadOnlyList<Breakpoint>? Breakpoints { get; init; }

        /// <summary>Whether every step stops before it begins; null leaves it as it is.</summary>
        public bool? Stepping { get; init; }

        /// <summary>The step that goes on; null for the one that stopped first.</summary>
        public string? BookmarkId { get; init; }
    }
}

/// <summary>Which steps go on that stopped before they began.</summary>
public enum Going { None, One, All }

/// <summary>What carrying out one step gave. All values of expressions are in here, so that replay needs no evaluator.</summary>
public sealed record StepResult
{
    /// <summary>Evaluated inputs by camelCase name, as the step consumed them.</summary>
    public JsonObject? Inputs { get; init; }

    public JsonObject? Outputs { get; init; }

    /// <summary>Outcomes to follow; none: <c>Done</c>.</summary>
    public IReadOnlyList<string> Outcomes { get; init; } = [];

    /// <summary>Variables that were written, by variable id, beyond bound outputs.</summary>
    public JsonObject? Variables { get; init; }

    /// <summary>Workflow outputs that were set.</summary>
    public JsonObject? WorkflowOutputs { get; init; }

    /// <summary>What the run is called from now on (SetName).</summary>
    public string? Name { get; init; }

    /// <summary>The run's correlation id from now on (Correlate).</summary>
    public string? CorrelationId { get; init; }

    public IReadOnlyList<string> Lines { get; init; } = [];

    public IReadOnlyDictionary<string, double>? Metrics { get; init; }

    /// <summary>Whether the record shows a value, by <c>inputs.name</c> and <c>outputs.name</c>, where an expression decided it.</summary>
    public IReadOnlyDictionary<string, bool>? Shown { get; init; }

    /// <summary>What the step's process ran in.</summary>
    public StepEnvironment? Environment { get; init; }

    /// <summary>What the step's process used.</summary>
    public ResourceUse? Used { get; init; }

    /// <summary>What else the result came from.</summary>
    public Contract.Provenance.StepFacts? Facts { get; init; }

    /// <summary>Taken from the run that this one goes on from, not done anew.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Cached { get; init; }

    /// <summary>The run whose result this is: the one that this run goes on from, or any, when it is from the cache. Null when the step was carried out.</summary>
    public string? CachedFrom { get; init; }

    /// <summary>The flow says what the step gives: it was not carried out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Pinned { get; init; }

    /// <summary>Why the step faulted; null when it did not.</summary>
    public string? Fault { get; init; }

    /// <summary>The step waits: resumed by its bookmark. <see cref="DueAt"/> says when by the clock, if so.</summary>
    public bool Suspend { get; init; }

    public DateTimeOffset? DueAt { get; init; }
}
