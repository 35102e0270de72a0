using Flows.Contract.Provenance;
using Flows.Contract.Runs;
using Flows.Designer.Controls;

namespace Flows.Designer.Runs.Reproductions;

/// <summary>How it is said what came of making a run again.</summary>
public static class VerdictWords
{
    /// <summary>Words and colour.</summary>
    public static (string Text, string Tone) State(RunReproduction one) => one switch
    {
        { Run.SubStatus: RunSubStatus.Cancelled } => ("Cancelled", "cancelled"),
        { Verdict.Verdict: Verdict.BitIdentical } => ("Bit-identical", "completed"),
        { Verdict.Verdict: Verdict.MetricEqual } => ("Metric-equal", "completed"),
        { Verdict.Verdict: Verdict.Diverged } => ("Diverged", "faulted"),
        { Run.Status: RunStatus.Finished } => ("No verdict", "suspended"),
        _ => Say.State(one.Run.Status, one.Run.SubStatus),
    };

    /// <summary>In a sentence.</summary>
    /// <param name="steps">How many steps the earlier run had.</param>
    public static string Text(RunReproduction one, int steps) => one switch
    {
        { Run.SubStatus: RunSubStatus.Cancelled } => "It was cancelled before all steps were made again, so nothing is said of the run.",
        { Verdict: { } verdict } => verdict.Text,
        { Run.Status: RunStatus.Finished } => "It is over, and no verdict could be given: the server's log says why.",
        { Run.SubStatus: RunSubStatus.Interrupted } => "The server could not go on with it; it is taken up again when the server starts.",
        _ => $"{Math.Min(one.StepsOver ?? 0, steps)} of {Say.Count(steps, "step")} made again",
    };

    /// <summary>What was taken as it is now; null when all came from the record.</summary>
    public static string? Current(Reproduction how)
    {
        string[] parts = [.. how.Current.Select(part => part == "environment" ? "packages" : part), .. how.Seed is { } seed ? [$"seed {seed}"] : Array.Empty<string>()];
        return parts.Length == 0 ? null : $"With {string.Join(", ", parts)} as {(how.Current.Count == 0 ? "asked for" : "of today")}.";
    }

    public static bool IsUnderWay(RunReproduction one) => one.Run.Status != RunStatus.Finished;
}
