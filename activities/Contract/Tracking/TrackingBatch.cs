using Flows.Contract.Artifacts;

namespace Flows.Contract.Tracking;

/// <summary>
/// What a program measured and noted, in the order in which it did: body of <c>POST /api/runs/{id}/tracking</c>. Everything that one
/// writer says of a run is one stream of entries, numbered from 0: what was taken already is passed over, so that a batch may be sent twice.
/// </summary>
public sealed record TrackingBatch
{
    public const int MostEntries = 10_000;

    /// <summary>Names the stream, 1 to 100 letters, digits, <c>. _ - /</c>; each process that writes has its own.</summary>
    public string? Writer { get; init; }

    /// <summary>Number of the first entry in its stream.</summary>
    public long From { get; init; }

    /// <summary>At most <see cref="MostEntries"/>; null in the place of one that was refused or cannot be read, which counts all the same.</summary>
    public IReadOnlyList<TrackedEntry?>? Entries { get; init; }

    /// <summary>The step that the entries belong to; null for the run itself. A step's own token says it.</summary>
    public string? StepId { get; init; }
}

/// <summary>One of: a point of a metric (<see cref="Metric"/>), a parameter (<see cref="Param"/>), a tag (<see cref="Tag"/>), a picture, plot or file (<see cref="File"/>).</summary>
public sealed record TrackedEntry
{
    public string? Metric { get; init; }

    /// <summary>Of a metric; <c>"NaN"</c>, <c>"Infinity"</c> and <c>"-Infinity"</c> are kept as they are.</summary>
    public double? Value { get; init; }

    /// <summary>Where on a metric's curve, or in a row of pictures, the entry stands: an epoch, a batch. Default 0.</summary>
    public long Step { get; init; }

    /// <summary>Milliseconds since 1970, UTC.</summary>
    public long At { get; init; }

    /// <summary>A parameter does not change once it is set.</summary>
    public string? Param { get; init; }

    /// <summary>A tag may be set anew.</summary>
    public string? Tag { get; init; }

    /// <summary>Value of a parameter (at most 6,000 characters) or tag (at most 8,000).</summary>
    public string? Text { get; init; }

    public string? File { get; init; }

    /// <summary>The bytes of <see cref="File"/>, which are stored before they are named.</summary>
    public Artifact? Artifact { get; init; }
}

/// <param name="Accepted">Entries of the writer's stream that are kept: where its next batch begins.</param>
public sealed record TrackingTaken(long Accepted);
