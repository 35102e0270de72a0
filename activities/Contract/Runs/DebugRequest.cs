namespace Flows.Contract.Runs;

/// <summary>How a run behaves that somebody started in order to look into it: <c>debug</c> of a start's request. A run without it knows neither pins nor breakpoints.</summary>
public sealed record DebugRequest
{
    /// <summary>Activities before which the run stops. Those that the flow does not have are no mistake.</summary>
    public IReadOnlyList<Breakpoint> Breakpoints { get; init; } = [];

    /// <summary>Stop before every step, the first one too.</summary>
    public bool Step { get; init; }

    /// <summary>Take pinned outputs instead of carrying their activities out, in this flow and those that it uses. Default true.</summary>
    public bool Pins { get; init; } = true;

    /// <summary>Id of the activity that is run with all that it needs and nothing after it; null: the whole flow.</summary>
    public string? To { get; init; }
}

/// <summary>A run stops before the activity, each time that it would begin.</summary>
/// <param name="DefinitionId">The flow that has the activity, for one that is used by the flow that runs; null: the flow that runs.</param>
public sealed record Breakpoint(string ActivityId, string? DefinitionId = null);

/// <summary>Why a step stopped before it began: <c>halt</c> of its bookmark.</summary>
public enum Halt { Breakpoint, Step }

/// <summary>What a port of a step took or gave: <c>GET /api/runs/{id}/ports/{activityId}/{port}</c>.</summary>
/// <param name="Side"><c>input</c> or <c>output</c>.</param>
public sealed record PortValue(string StepId, string Port, string Side)
{
    /// <summary>The value as it is in the run's record; of a large one, more than 64 KB of JSON, only <see cref="Text"/>.</summary>
    public System.Text.Json.Nodes.JsonNode? Value { get; init; }

    /// <summary>The beginning of a large value's JSON.</summary>
    public string? Text { get; init; }

    /// <summary>Rows, columns, text or facts when the value is an artifact.</summary>
    public Artifacts.ArtifactPreview? Preview { get; init; }
}
