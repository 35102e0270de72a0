using System.Text.Json.Nodes;
using Flows.Contract.Runs;

namespace Flows.Engine;

/// <summary>What the host has to do next. Written to the journal, as the event that led to it, before it is carried out.</summary>
public abstract record RunEffect
{
    private RunEffect() { }

    /// <summary>Carry out now, in the run's own loop, and answer with <see cref="RunEvent.StepEnded"/>. At most one is open at a time.</summary>
    public sealed record Execute(int Step, int Attempt) : RunEffect;

    /// <summary>Hand to a runner as a job; evaluate its inputs at once, so that later writes do not change them.</summary>
    public sealed record Dispatch(int Step, int Attempt) : RunEffect;

    /// <summary>A bookmark was made; with a due time the host resumes it by the clock.</summary>
    public sealed record Wait(BookmarkRecord Bookmark) : RunEffect;

    /// <summary>Kill a job's processes or forget a bookmark: the step was cancelled.</summary>
    public sealed record Abandon(int Step) : RunEffect;

    /// <summary>Deliver an event to the runs that wait for it, and answer with <see cref="RunEvent.EventDelivered"/>. The run does not end before.</summary>
    public sealed record Publish(int Step, string EventName, JsonNode? Payload, string? CorrelationId) : RunEffect
    {
        /// <summary>Only this run hears it.</summary>
        public bool IsLocal { get; init; }
    }

    /// <summary>Start a run of its own, once whatever happens, and answer with <see cref="RunEvent.ChildStarted"/>.</summary>
    public sealed record StartChild(int Step, ChildRun Child) : RunEffect;

    /// <summary>Answer the HTTP request that waits for this run, if one still does.</summary>
    /// <param name="Response"><c>statusCode, content, contentType, responseHeaders</c>.</param>
    public sealed record Respond(int Step, JsonObject Response) : RunEffect;

    /// <summary>The run came to its end.</summary>
    public sealed record End(RunSubStatus SubStatus) : RunEffect;
}

/// <summary>What one event led to: effects to carry out and entries of the journal as Elsa writes it.</summary>
public sealed record Decision(IReadOnlyList<RunEffect> Effects, IReadOnlyList<JournalEntry> Journal);
