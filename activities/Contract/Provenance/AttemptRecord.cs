using System.Text.Json.Nodes;
using Flows.Contract.Runs;

namespace Flows.Contract.Provenance;

/// <summary>
/// All that is recorded of one attempt of a step: from what, by what, where, by whom and for what it was made, what came out and what
/// that took. <c>GET /api/runs/{id}/steps/{stepId}/record</c>.
/// </summary>
public sealed record AttemptRecord(string RunId, string StepId, int Attempt, string ActivityId, string ActivityType)
{
    public string DefinitionId { get; init; } = "";

    public int Version { get; init; }

    /// <summary>SHA-256 of the definition that the run runs.</summary>
    public string DefinitionDigest { get; init; } = "";

    public string ProjectId { get; init; } = "default";

    /// <summary>Who or what started the run.</summary>
    public string Author { get; init; } = "local";

    /// <summary>What triggered it: <c>manual, schedule, …</c>.</summary>
    public string Trigger { get; init; } = "manual";

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public string? Runner { get; init; }

    /// <summary>Every artifact among the inputs.</summary>
    public IReadOnlyList<PortArtifact> Inputs { get; init; } = [];

    /// <summary>Every artifact among the outputs.</summary>
    public IReadOnlyList<PortArtifact> Outputs { get; init; } = [];

    /// <summary>Inputs that hold no artifact, as the step consumed them: settings, parameters and values. One of more than 4 KB is <c>{"sha256": …}</c>.</summary>
    public JsonObject Parameters { get; init; } = [];

    /// <summary>SHA-256 of all inputs, artifacts by their digest.</summary>
    public string InputsDigest { get; init; } = "";

    /// <summary>SHA-256 of all outputs, artifacts by their digest.</summary>
    public string OutputsDigest { get; init; } = "";

    public IReadOnlyDictionary<string, double>? Metrics { get; init; }

    /// <summary>Why the attempt faulted; null when it did not.</summary>
    public string? Fault { get; init; }

    /// <summary>The run whose result this is; null when the step was carried out. The facts are then those of that run's step.</summary>
    public string? CachedFrom { get; init; }

    public StepEnvironment? Environment { get; init; }

    public ResourceUse? Used { get; init; }

    public StepFacts? Facts { get; init; }
}

/// <summary>An artifact at a port.</summary>
/// <param name="Port">The port's name; a place inside its value after it: <c>files[0]</c>.</param>
public sealed record PortArtifact(string Port, string Sha256, string Kind, string Name, long Size);
