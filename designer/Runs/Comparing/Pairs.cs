using System.Text.Json.Nodes;
using Flows.Contract.Artifacts;
using Flows.Contract.Runs;

namespace Flows.Designer.Runs.Comparing;

/// <summary>A named value of two runs.</summary>
/// <param name="One">Null when the first run has none.</param>
public sealed record ValuePair(string Name, JsonNode? One, JsonNode? Other)
{
    /// <summary>The activity that was given it; null for the run itself.</summary>
    public string? ActivityId { get; init; }

    /// <summary>Artifacts are the same when their bytes are, whatever they are called.</summary>
    public bool Differs => (Artifact.From(One), Artifact.From(Other)) is ({ } one, { } other) ? one.Sha256 != other.Sha256 : !JsonNode.DeepEquals(One, Other);
}

/// <summary>A metric of two runs. Which direction is better nobody here knows.</summary>
/// <param name="One">Null when the first run has none.</param>
public sealed record MetricPair(string ActivityId, string Name, double? One, double? Other)
{
    public bool Differs => One != Other;

    /// <summary>Other less one; null when a side is missing.</summary>
    public double? Difference => Other - One;

    /// <summary>The difference as a share of one; null where that says nothing.</summary>
    public double? Share => One is { } from && Math.Abs(from) > 1e-12 && Difference / Math.Abs(from) is { } share && double.IsFinite(share) ? share : null;
}

/// <summary>What an activity did in two runs.</summary>
/// <param name="One">Null when the first run did not come to it.</param>
public sealed record StepPair(string ActivityId, StepSum? One, StepSum? Other)
{
    /// <summary>Other less one; null when a side is missing.</summary>
    public TimeSpan? Difference => Other?.Ran - One?.Ran;

    public bool HasOtherEnd => One?.Status != Other?.Status || One?.Times != Other?.Times;
}

/// <summary>All steps of one activity in a run.</summary>
/// <param name="Ran">Together, without what they waited.</param>
/// <param name="Inputs">Of the last one.</param>
public sealed record StepSum(int Times, StepStatus Status, TimeSpan Waited, TimeSpan Ran, bool Cached, JsonObject? Inputs)
{
    public static StepSum Of(StepRecord step) => new(1, step.Status, Between(step.QueuedAt, step.StartedAt), Between(step.StartedAt, step.FinishedAt), step.Cached || step.Pinned, step.Inputs);

    public StepSum And(StepRecord step)
    {
        var next = Of(step);
        // A fault of one pass is not hidden by the passes after it.
        var status = Status == StepStatus.Faulted ? Status : next.Status;
        return new(Times + 1, status, Waited + next.Waited, Ran + next.Ran, Cached && next.Cached, next.Inputs);
    }

    private static TimeSpan Between(DateTimeOffset? from, DateTimeOffset? to) => to - from ?? TimeSpan.Zero;
}
