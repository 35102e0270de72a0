using System.Text.Json.Nodes;

namespace Flows.Contract.Triggers;

/// <summary>A trigger of a published flow and how it stands: <c>GET /api/triggers</c>.</summary>
public sealed record TriggerRecord(string DefinitionId, string FlowName, string ActivityId, string ActivityType)
{
    /// <summary>The flow is published with it; else nothing fires it.</summary>
    public bool Enabled { get; init; }

    public int Version { get; init; }

    /// <summary>Who published the flow last: the trigger's runs count as theirs.</summary>
    public string Publisher { get; init; } = "";

    public DateTimeOffset? LastFiredAt { get; init; }

    /// <summary>Seconds between what last happened (or was due) and the fire.</summary>
    public double? LagSeconds { get; init; }

    /// <summary>When the clock fires it next, or when it looks next.</summary>
    public DateTimeOffset? NextAt { get; init; }

    public string? LastRunId { get; init; }

    /// <summary>Why it could not fire, or look, the last time; null once it could again.</summary>
    public string? Error { get; init; }

    public DateTimeOffset? ErrorAt { get; init; }

    /// <summary>Fires since it was first published.</summary>
    public long Fires { get; init; }

    /// <summary>Fires that wait for a run of this trigger to end.</summary>
    public int Waiting { get; init; }

    /// <summary>Runs of this trigger that are under way.</summary>
    public int Active { get; init; }

    /// <summary>The orchestrator that watches for it; null when none has to.</summary>
    public string? Watcher { get; init; }

    /// <summary>It has looked at what there is: what is another after this is a change.</summary>
    public bool IsWatching { get; init; }

    /// <summary>A webhook has an address; the address itself was shown once.</summary>
    public bool HasToken { get; init; }
}

/// <summary>Something that fired a trigger: <c>GET /api/triggers/{definitionId}/{activityId}/fires</c>.</summary>
/// <param name="Key">What it was: a scheduled time, a digest of what changed, a delivery's id.</param>
/// <param name="At">When it happened or was due.</param>
/// <param name="State"><c>Waiting, Starting, Started, Over, Gathered, Refused</c>.</param>
public sealed record FireRecord(string Key, DateTimeOffset At, DateTimeOffset FiredAt, string State, string? RunId)
{
    /// <summary>Why no run came of it; null when one did.</summary>
    public string? Error { get; init; }
}

/// <summary>Body of <c>POST /api/triggers/{definitionId}/{activityId}/fire</c>.</summary>
public sealed record FireRequest(JsonNode? Payload);

/// <summary>A webhook's address, told once: only a digest of its token is kept.</summary>
public sealed record WebhookAddress(string Url);
