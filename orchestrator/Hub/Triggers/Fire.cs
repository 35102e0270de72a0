using System.Text.Json.Nodes;

namespace Flows.Hub.Triggers;

/// <summary>An activity of a flow that starts it.</summary>
public sealed record TriggerKey(string DefinitionId, string ActivityId)
{
    public override string ToString() => $"'{ActivityId}' of the flow '{DefinitionId}'";
}

/// <summary>Something that happened and is to start a run.</summary>
/// <param name="Key">What it was, the same however often it is told: a scheduled time, a digest of what changed, a delivery's id.</param>
/// <param name="At">When it happened or was due.</param>
/// <param name="Payload">What the trigger activity gives; fields that are named as an input of the flow become that input.</param>
public sealed record Fire(string Key, DateTimeOffset At, JsonNode? Payload = null)
{
    public string? CorrelationId { get; init; }

    /// <summary>Runs that started each other before, in a row; 0 when something else did.</summary>
    public int Depth { get; init; }
}

/// <summary>Where a trigger goes on from, written with the fires that led there.</summary>
/// <param name="From">Revision that was seen: when another one moved it on meanwhile, nothing is written.</param>
public sealed record Advance(long From)
{
    /// <summary>When the clock fires it next.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>What was seen, as JSON; null leaves it.</summary>
    public string? Cursor { get; init; }

    /// <summary>It goes on even when its fires cannot be taken in: a time that has passed does not come again.</summary>
    public bool IsSure { get; init; }

    /// <summary>What is to be told of it, such as times that were missed.</summary>
    public string? Remark { get; init; }
}

/// <summary>What became of a fire.</summary>
public abstract record Fired
{
    private Fired() { }

    /// <summary>It has a run: started, about to start, or waiting for others to end.</summary>
    /// <param name="IsNew">False: it had come before.</param>
    public sealed record Taken(string RunId, bool IsNew) : Fired;

    /// <summary>So many wait already; whatever fires may try again later.</summary>
    public sealed record Full(string Why) : Fired;

    /// <summary>The trigger is not on, or another one moved it on meanwhile.</summary>
    public sealed record Void(string Why) : Fired;

    /// <summary>No run can start.</summary>
    public sealed record Refused(string Why) : Fired;
}
