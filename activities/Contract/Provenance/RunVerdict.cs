using System.Text.Json.Serialization;

namespace Flows.Contract.Provenance;

/// <summary>What came of making a run again.</summary>
public enum Verdict
{
    /// <summary>Every output of every step has the same bytes.</summary>
    [JsonStringEnumMemberName("bit-identical")] BitIdentical,

    /// <summary>Some outputs have other bytes; all metrics are the same within the tolerance, and steps went the same way.</summary>
    [JsonStringEnumMemberName("metric-equal")] MetricEqual,

    /// <summary>A step took another way, gave other metrics or faulted.</summary>
    [JsonStringEnumMemberName("diverged")] Diverged,
}

/// <summary>Verdicts in words, as JSON has them.</summary>
public static class Verdicts
{
    extension(Verdict verdict)
    {
        public string Words => verdict switch { Verdict.BitIdentical => "bit-identical", Verdict.MetricEqual => "metric-equal", _ => "diverged" };
    }
}

/// <summary>Whether a run was made again, kept with it: <c>GET /api/runs/{id}/verdicts</c>.</summary>
/// <param name="RunId">The run that was made again.</param>
/// <param name="ReproductionId">The run that did so.</param>
public sealed record RunVerdict(string RunId, string ReproductionId, Verdict Verdict)
{
    /// <summary>For people, one sentence.</summary>
    public string Text { get; init; } = "";

    /// <summary>Relative difference up to which metrics are equal.</summary>
    public double Tolerance { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>The first step, in the order of the earlier run, that is not the same; null when all are.</summary>
    public StepDifference? First { get; init; }

    /// <summary>All steps that are not the same, in that order.</summary>
    public IReadOnlyList<StepDifference> Differences { get; init; } = [];

    /// <summary>Steps whose inputs, code, environment or seed are not the same, and whose outputs are all the same.</summary>
    public IReadOnlyList<StepDifference> Altered { get; init; } = [];

    /// <summary>Steps that were carried out again.</summary>
    public int Repeated { get; init; }

    /// <summary>Activities whose recorded results were taken as they are, since they ask or change something outside of the run.</summary>
    public IReadOnlyList<string> Taken { get; init; } = [];
}

/// <summary>What differs at a step.</summary>
/// <param name="Where">The first of <c>input, code, environment, seed, program, output</c> that is not the same, or <c>missing, extra, fault</c>: where the cause lies.</param>
/// <param name="Text">For people.</param>
public sealed record StepDifference(string ActivityId, string StepId, string Where, string Text)
{
    /// <summary>The outputs have other bytes and yet all metrics are the same within the tolerance.</summary>
    public bool IsMetricEqual { get; init; }
}
