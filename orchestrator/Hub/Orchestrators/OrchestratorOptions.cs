using System.ComponentModel.DataAnnotations;

namespace Flows.Hub.Orchestrators;

/// <summary>How orchestrators of one database know of each other. The same for all of them.</summary>
public sealed record OrchestratorOptions
{
    /// <summary>Seconds between two signs of life, 0.1 to 60. Default 1.</summary>
    [Range(0.1, 60)] public double HeartbeatSeconds { get; init; } = 1;

    /// <summary>Seconds without a sign of life after which an orchestrator's runs are taken over, 0.5 to 600, at least three heartbeats. Default 5.</summary>
    [Range(0.5, 600)] public double DeadAfterSeconds { get; init; } = 5;

    /// <summary>Seconds that inline steps get to come to their end when the server stops, 0 to 600. Default 5.</summary>
    [Range(0, 600)] public double DrainSeconds { get; init; } = 5;

    public TimeSpan Heartbeat => TimeSpan.FromSeconds(HeartbeatSeconds);

    public TimeSpan DeadAfter => TimeSpan.FromSeconds(DeadAfterSeconds);

    public TimeSpan Drain => TimeSpan.FromSeconds(DrainSeconds);

    /// <exception cref="ValidationException">A value is out of its range; the message names it.</exception>
    public OrchestratorOptions Checked()
    {
        Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        return DeadAfterSeconds >= 3 * HeartbeatSeconds ? this : throw new ValidationException($"Orchestrators:{nameof(DeadAfterSeconds)} ({DeadAfterSeconds}) must be at least three times {nameof(HeartbeatSeconds)} ({HeartbeatSeconds}).");
    }
}
