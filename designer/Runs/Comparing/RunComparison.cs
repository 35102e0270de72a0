using System.Text.Json.Nodes;
using Flows.Contract.Runs;

namespace Flows.Designer.Runs.Comparing;

/// <summary>Two runs held against each other: what went in and came out, metrics, and how long each activity took. Linear in the steps.</summary>
public sealed class RunComparison
{
    public RunComparison(ComparedRun first, ComparedRun second)
    {
        var (one, other) = (One, Other) = (first.Record, second.Record);
        Inputs = Values(one.Inputs, other.Inputs);
        Outputs = Values(one.Output, other.Output);
        Steps = Paired(Sums(one), Sums(other), (id, a, b) => new StepPair(id, a, b));
        Metrics = Paired(first.Figures(), second.Figures(), (key, a, b) => new MetricPair(key.Activity, key.Name, a, b));
        Parameters = Paired(first.Parameters(), second.Parameters(), (key, a, b) => new ValuePair(key.Name, a, b) { ActivityId = key.Activity.Length > 0 ? key.Activity : null });
        Settings = [.. Steps.Where(pair => pair is { One.Times: 1, Other.Times: 1 }).SelectMany(Differing)];
    }

    public RunRecord One { get; }

    public RunRecord Other { get; }

    public IReadOnlyList<ValuePair> Inputs { get; }

    public IReadOnlyList<ValuePair> Outputs { get; }

    /// <summary>What the steps' programs said they were set to.</summary>
    public IReadOnlyList<ValuePair> Parameters { get; }

    public IReadOnlyList<MetricPair> Metrics { get; }

    /// <summary>One for each activity that either run carried out, in the order of the first run.</summary>
    public IReadOnlyList<StepPair> Steps { get; }

    /// <summary>What activities that both runs carried out once were given, where it is not the same.</summary>
    public IReadOnlyList<ValuePair> Settings { get; }

    private static IEnumerable<ValuePair> Differing(StepPair pair) =>
        Values(pair.One!.Inputs, pair.Other!.Inputs).Where(value => value.Differs).Select(value => value with { ActivityId = pair.ActivityId });

    private static IReadOnlyList<ValuePair> Values(JsonObject? one, JsonObject? other) => Paired(Entries(one), Entries(other), (name, a, b) => new ValuePair(name, a, b));

    private static Dictionary<string, JsonNode?> Entries(JsonObject? json) => json is null ? [] : new(json);

    private static Dictionary<string, StepSum> Sums(RunRecord run)
    {
        var frames = GanttRows.Frames(run.Steps);
        var sums = new Dictionary<string, StepSum>();
        foreach (var step in run.Steps.Where(step => !frames.Contains(step.StepId)))
            sums[step.ActivityId] = sums.GetValueOrDefault(step.ActivityId) is { } before ? before.And(step) : StepSum.Of(step);
        return sums;
    }

    // What only the other run has comes last.
    private static IReadOnlyList<TPair> Paired<TKey, TValue, TPair>(Dictionary<TKey, TValue> one, Dictionary<TKey, TValue> other, Func<TKey, TValue?, TValue?, TPair> pair) where TKey : notnull =>
        [.. one.Keys.Concat(other.Keys.Where(key => !one.ContainsKey(key))).Select(key => pair(key, one.GetValueOrDefault(key), other.GetValueOrDefault(key)))];
}
