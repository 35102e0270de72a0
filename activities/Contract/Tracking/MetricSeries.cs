using Flows.Contract.Artifacts;

namespace Flows.Contract.Tracking;

/// <summary>The curve of one metric: <c>GET /api/runs/{id}/metrics</c>.</summary>
/// <param name="StepId">The step that measured it; empty for the run itself.</param>
/// <param name="Count">All points, whatever number of them is given.</param>
/// <param name="Last">The point with the largest step; of several, the latest.</param>
public sealed record MetricSeries(string StepId, string Name, long Count, MetricPoint Last)
{
    /// <summary>Smallest value; null when there is no number among them.</summary>
    public double? Min { get; init; }

    public double? Max { get; init; }

    /// <summary>By step and time. Of a long curve some, among them its first and last, each stretch's lowest and highest and what is no number.</summary>
    public IReadOnlyList<MetricPoint> Points { get; init; } = [];
}

/// <param name="At">Milliseconds since 1970, UTC.</param>
public readonly record struct MetricPoint(long Step, long At, double Value);

/// <summary>Everything of a run but its metrics: <c>GET /api/runs/{id}/tracking</c>.</summary>
public sealed record RunTracking(IReadOnlyList<TrackedText> Parameters, IReadOnlyList<TrackedText> Tags, IReadOnlyList<TrackedFile> Files);

/// <param name="StepId">Empty for the run itself.</param>
public sealed record TrackedText(string StepId, string Name, string Text, long At);

/// <param name="Step">Which one of several of the same name.</param>
public sealed record TrackedFile(string StepId, string Name, long Step, Artifact Artifact, long At);
