namespace Flows.Contract.Provenance;

/// <summary>How a run is made again: everything as it is recorded, or some of it as it is now. <c>POST /api/runs/{id}/reproduce</c>.</summary>
public sealed record Reproduction
{
    /// <summary>What may be taken as it is now.</summary>
    public static IReadOnlyList<string> Parts { get; } = ["data", "code", "environment", "seed"];

    /// <summary>The run that is made again; set by the server.</summary>
    public string RunId { get; init; } = "";

    /// <summary>Of <see cref="Parts"/>: files that settings name, scripts, Python environments, seeds. Default none: all from the record.</summary>
    public IReadOnlyList<string> Current { get; init; } = [];

    /// <summary>Seed of all steps that have one, in place of the recorded ones, from 0.</summary>
    public long? Seed { get; init; }

    /// <summary>Relative difference up to which metrics are equal, 0 to 1. Default one millionth.</summary>
    public double Tolerance { get; init; } = 1e-6;
}

/// <summary>Makes runs again, for activities.</summary>
public interface IReproductions
{
    /// <summary>Makes a run again and waits for the verdict.</summary>
    /// <param name="runId">Null: the newest finished run of the flow that made none again.</param>
    /// <exception cref="Activities.ActivityFault">There is no such run, it is not over, or it cannot be run.</exception>
    Task<RunVerdict> ReproduceAsync(string? flow, string? runId, Reproduction how, CancellationToken cancellation = default);
}
