using System.Text.Json.Nodes;
using Flows.Contract.Runs;

namespace Flows.Tests.Crash;

/// <summary>
/// What has to be the same of a run, whatever crashed while it ran. Attempts, times, runners and the numbers of steps may
/// differ, and so may the order of what ran beside each other.
/// </summary>
public static class EndState
{
    /// <summary>The end as lines of text, so that a difference can be read.</summary>
    public static string Of(RunRecord run) => string.Join('\n',
    [
        $"{run.Status} {run.SubStatus} bookmarks {run.Bookmarks.Count}",
        $"output {Comparable(run.Output)}",
        .. run.Lines.GroupBy(line => line.Split(": ")[0]).Select(branch => $"lines {branch.Key}: {string.Join(" | ", branch)}").Order(StringComparer.Ordinal),
        .. run.Incidents.Select(incident => $"incident {incident.ActivityId} {incident.Handled} {incident.Message}").Order(StringComparer.Ordinal),
        .. run.Steps.Select(Step).Order(StringComparer.Ordinal),
    ]);

    private static string Step(StepRecord step) =>
        $"step {step.ActivityId} {step.Status} [{string.Join(',', step.Outcomes)}] in {Comparable(step.Inputs)} out {Comparable(step.Outputs)} {step.Fault} after {step.EarlierFaults?.Count ?? 0} faults";

    // What an artifact says about how it came to be has the time in it; its digest is what counts.
    private static string Comparable(JsonNode? value)
    {
        var copy = value?.DeepClone();
        Strip(copy);
        return copy?.ToJsonString() ?? "-";
    }

    private static void Strip(JsonNode? value)
    {
        if (value is JsonArray list)
        {
            foreach (var item in list) Strip(item);
        }
        if (value is not JsonObject entries) return;
        entries.Remove("facts");
        foreach (var (_, entry) in entries) Strip(entry);
    }
}
