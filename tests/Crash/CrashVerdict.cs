using Flows.Contract.Definitions;
using Flows.Contract.Runs;

namespace Flows.Tests.Crash;

/// <summary>Compares what the runs of a campaign came to with how their flows end when nothing is killed.</summary>
internal sealed class CrashVerdict(IReadOnlyList<RunRecord> ended, IReadOnlyDictionary<string, string> expected)
{
    public IEnumerable<string> Lost(IEnumerable<string> accepted) => accepted.Except(ended.Select(run => run.Id)).Select(id => $"run {id} was accepted and is gone");

    public IEnumerable<string> Unlike() => ended
        .Where(run => EndState.Of(run) != expected[run.DefinitionId])
        .Select(run => $"run {run.Id} of {run.DefinitionId} ended\n{Difference(EndState.Of(run), expected[run.DefinitionId])}");

    public IEnumerable<string> Audited(JournalAudit audit, IReadOnlyDictionary<string, FlowDefinition> definitions) =>
        ended.SelectMany(run => audit.Of(run, definitions[run.DefinitionId]));

    /// <summary>
    /// Steps are done at least once, and what they gave is recorded exactly once. So a script begins at most once in each
    /// attempt, whoever owned its run meanwhile; and the attempt that the record names came to its end, once.
    /// </summary>
    public IEnumerable<string> Repeated(ILookup<string, Said> told)
    {
        foreach (var step in Scripts())
        {
            foreach (var twice in told[step.StepId].GroupBy(said => (said.Attempt, said.What)).Where(said => said.Count() > 1))
                yield return $"step {step.StepId} {twice.Key.What} {twice.Count()} times in attempt {twice.Key.Attempt}";
            if (told[step.StepId].Count(said => said.Attempt == step.Attempt && said.What == "ended") != 1)
                yield return $"step {step.StepId} is {step.Status} by attempt {step.Attempt}, which did not come to its end: {string.Join(' ', told[step.StepId])}";
        }
    }

    /// <summary>Scripts that share a concurrency key, and came to their end, never were more at once than its slots.</summary>
    public IEnumerable<string> Crowded(ILookup<string, Said> told)
    {
        var spans = Scripts().Where(step => step.ActivityId.StartsWith(CrashFlow.Scarce, StringComparison.Ordinal)).SelectMany(step => Spans(told[step.StepId])).ToList();
        return spans.Select(span => (span.From, Count: spans.Count(other => other.From <= span.From && other.To > span.From)))
            .Where(at => at.Count > CrashFlow.Slots).Select(at => $"{at.Count} scripts had a slot at {at.From:0.000}, of {CrashFlow.Slots}");
    }

    private static IEnumerable<(double From, double To)> Spans(IEnumerable<Said> told) => told.GroupBy(said => said.Attempt)
        .Select(attempt => (Began: attempt.FirstOrDefault(said => said.What == "began"), Ended: attempt.FirstOrDefault(said => said.What == "ended")))
        .Where(span => span is { Began: not null, Ended: not null }).Select(span => (span.Began!.At, span.Ended!.At));

    private IEnumerable<StepRecord> Scripts() => ended.SelectMany(run => run.Steps).Where(step => step.ActivityType == "Flows.PythonScript");

    private static string Difference(string was, string expected) => string.Join('\n',
        [.. was.Split('\n').Except(expected.Split('\n')).Select(line => "  with    " + line), .. expected.Split('\n').Except(was.Split('\n')).Select(line => "  without " + line)]);
}
