using System.Globalization;
using System.Text.Json.Nodes;
using Flows.Contract.Runs;

namespace Flows.Contract.Provenance;

/// <summary>A run with the records of its steps' newest attempts.</summary>
public sealed record JudgedRun(RunRecord Run, IReadOnlyDictionary<string, AttemptRecord> Attempts)
{
    public static JudgedRun Of(RunRecord run, IEnumerable<AttemptRecord> attempts) =>
        new(run, attempts.GroupBy(attempt => attempt.StepId).ToDictionary(all => all.Key, all => all.MaxBy(attempt => attempt.Attempt)!));
}

/// <summary>Says whether two runs over one definition are the same, step by step in the order of the earlier one, and where the first difference comes from.</summary>
/// <param name="tolerance">Relative difference up to which two figures are equal.</param>
public sealed class RunJudgement(JudgedRun before, JudgedRun again, double tolerance)
{
    /// <summary>Names of an environment's packages by its digest, for telling which of them changed.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Packages { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    public RunVerdict Verdict()
    {
        var (differences, altered) = (new List<StepDifference>(), new List<StepDifference>());
        var (earlier, later) = (Placed(before.Run), Placed(again.Run));
        foreach (var (place, step) in earlier)
        {
            if (!later.TryGetValue(place, out var other)) differences.Add(new StepDifference(step.ActivityId, step.StepId, "missing", $"'{step.ActivityId}' was not reached."));
            else if (!IsContainer(before.Run, step)) Compare(step, other, differences, altered);
        }
        foreach (var (place, step) in later.Where(pair => !earlier.ContainsKey(pair.Key))) differences.Add(new StepDifference(step.ActivityId, step.StepId, "extra", $"'{step.ActivityId}' was carried out and was not before."));
        return Said(new RunVerdict(before.Run.Id, again.Run.Id, Judge(differences)) { Tolerance = tolerance, First = differences.FirstOrDefault(), Differences = differences, Altered = altered });
    }

    // Metrics can only be equal where there are some.
    private Verdict Judge(List<StepDifference> differences) => differences.Count == 0 ? Provenance.Verdict.BitIdentical
        : differences.All(difference => difference.IsMetricEqual) && before.Run.Steps.Any(step => step.Metrics is { Count: > 0 }) ? Provenance.Verdict.MetricEqual
        : Provenance.Verdict.Diverged;

    private static RunVerdict Said(RunVerdict verdict) => verdict with
    {
        Text = verdict.Verdict switch
        {
            Provenance.Verdict.BitIdentical when verdict.Altered is [{ } altered, ..] => $"Bit-identical, although not everything was the same: {altered.Text}",
            Provenance.Verdict.BitIdentical => "Bit-identical: every output of every step has the same bytes.",
            Provenance.Verdict.MetricEqual => $"Metric-equal within a tolerance of {verdict.Tolerance.ToString(CultureInfo.InvariantCulture)}; the first step with other bytes is '{verdict.First!.ActivityId}': {verdict.First.Text}",
            _ => $"Diverged at '{verdict.First!.ActivityId}': {verdict.First.Text}",
        },
    };

    private void Compare(StepRecord step, StepRecord other, List<StepDifference> differences, List<StepDifference> altered)
    {
        var (one, two) = (before.Attempts.GetValueOrDefault(step.StepId), again.Attempts.GetValueOrDefault(other.StepId));
        var cause = Cause(one, two);
        var difference = new StepDifference(step.ActivityId, step.StepId, cause?.Where ?? (step.Fault != other.Fault ? "fault" : "output"), cause?.Text ?? Effect(step, other, one, two)) { IsMetricEqual = IsMetricEqual(step, other) };
        if (!IsSame(step, other, one, two)) differences.Add(difference);
        else if (cause is not null) altered.Add(difference);
    }

    private static bool IsSame(StepRecord step, StepRecord other, AttemptRecord? one, AttemptRecord? two) =>
        step.Status == other.Status && step.Fault == other.Fault && step.Outcomes.SequenceEqual(other.Outcomes)
        && (one is null || two is null ? JsonNode.DeepEquals(step.Outputs, other.Outputs) : one.OutputsDigest == two.OutputsDigest)
        && SameFigures(step.Metrics, other.Metrics, 0);

    private bool IsMetricEqual(StepRecord step, StepRecord other) =>
        step.Status == other.Status && step.Fault == other.Fault && step.Outcomes.SequenceEqual(other.Outcomes) && SameFigures(step.Metrics, other.Metrics, tolerance) && SameFigures(Figures(step), Figures(other), tolerance);

    private (string Where, string Text)? Cause(AttemptRecord? one, AttemptRecord? two) => one is null || two is null ? null
        : Inputs(one, two) is { } input ? ("input", input)
        : Code(one, two) is { } code ? ("code", code)
        : Environment(one, two) is { } environment ? ("environment", environment)
        : one.Facts?.Seed != two.Facts?.Seed ? ("seed", $"its seed was {one.Facts?.Seed} and is {two.Facts?.Seed}.")
        : null;

    private static string? Inputs(AttemptRecord one, AttemptRecord two)
    {
        foreach (var file in one.Facts?.Files ?? [])
        {
            if (two.Facts?.Files?.FirstOrDefault(other => other.Path == file.Path) is { } now && now.Sha256 != file.Sha256) return $"the file '{file.Path}' was {Short(file.Sha256)} and is {Short(now.Sha256)}.";
        }
        foreach (var input in one.Inputs)
        {
            if (two.Inputs.FirstOrDefault(other => other.Port == input.Port) is { } now && now.Sha256 != input.Sha256) return $"its input '{input.Port}' was {Short(input.Sha256)} and is {Short(now.Sha256)}.";
        }
        if (one.InputsDigest == two.InputsDigest) return Stray(one, two);
        var name = one.Parameters.Select(pair => pair.Key).Union(two.Parameters.Select(pair => pair.Key)).FirstOrDefault(key => !JsonNode.DeepEquals(Read(one.Parameters[key]), Read(two.Parameters[key])));
        return name is null ? "its inputs are not the same." : $"its input '{name}' is not the same.";
    }

    private static string? Stray(AttemptRecord one, AttemptRecord two)
    {
        foreach (var file in one.Facts?.Stray?.Read ?? [])
        {
            if (two.Facts?.Stray?.Read.FirstOrDefault(other => other.Path == file.Path) is { } now && now.Sha256 != file.Sha256) return $"the file '{file.Path}', which it reads undeclared, is not the same.";
        }
        return null;
    }

    private static string? Code(AttemptRecord one, AttemptRecord two)
    {
        if (one.Facts?.Code is { } code) return two.Facts?.Code is { } now && (now.Snapshot.Sha256, now.Entry) != (code.Snapshot.Sha256, code.Entry) ? $"its script was {Short(code.Snapshot.Sha256)} and is {Short(now.Snapshot.Sha256)}." : null;
        // Another build of this program is a cause only where it made a difference.
        return one.Facts?.Program is { } program && two.Facts?.Program is { } other && program != other && one.OutputsDigest != two.OutputsDigest ? $"it was carried out by '{program}' and is by '{other}'." : null;
    }

    private string? Environment(AttemptRecord one, AttemptRecord two)
    {
        if (one.Environment is not { } environment || two.Environment is not { } now || environment.Digest == now.Digest) return null;
        var (had, has) = (Packages.GetValueOrDefault(environment.Digest, []), Packages.GetValueOrDefault(now.Digest, []));
        var changed = had.Except(has).Select(package => $"{package} → {has.FirstOrDefault(other => Name(other) == Name(package)) ?? "gone"}").Concat(has.Where(package => had.All(other => Name(other) != Name(package))).Select(package => $"{package} is new")).Take(5).ToList();
        return changed.Count > 0 ? $"its packages are not the same: {string.Join(", ", changed)}." : $"its environment was {environment.Version} {Short(environment.Digest)} and is {now.Version} {Short(now.Digest)}.";
    }

    private static string Effect(StepRecord step, StepRecord other, AttemptRecord? one, AttemptRecord? two)
    {
        if (step.Fault != other.Fault) return other.Fault is { } fault ? $"it faults: {fault}" : "it faulted before and does not now.";
        if (!step.Outcomes.SequenceEqual(other.Outcomes)) return $"it went on by {string.Join(", ", step.Outcomes)} and goes by {string.Join(", ", other.Outcomes)}.";
        foreach (var output in one?.Outputs ?? [])
        {
            if (two?.Outputs.FirstOrDefault(now => now.Port == output.Port) is { } now && now.Sha256 != output.Sha256) return $"from the same inputs, code, environment and seed its output '{output.Port}' was {Short(output.Sha256)} and is {Short(now.Sha256)}.";
        }
        var metric = step.Metrics?.FirstOrDefault(pair => other.Metrics?.GetValueOrDefault(pair.Key, double.NaN) is { } now && !now.Equals(pair.Value));
        return metric is { Key: { } name, Value: var was } ? $"from the same inputs its {name} was {Text(was)} and is {Text(other.Metrics?.GetValueOrDefault(name, double.NaN))}." : "its outputs are not the same.";
    }

    // The same activity in the same pass of the same container, whatever ran beside it.
    private static Dictionary<string, StepRecord> Placed(RunRecord run)
    {
        var (places, passes, placed) = (new Dictionary<string, string>(), new Dictionary<string, int>(), new Dictionary<string, StepRecord>());
        foreach (var step in run.Steps)
        {
            var place = $"{(step.ParentStepId is { } parent ? places.GetValueOrDefault(parent) : "")}/{(step.ParentStepId is null ? "*" : step.ActivityId)}";
            var pass = passes[place] = passes.GetValueOrDefault(place) + 1;
            placed[places[step.StepId] = $"{place}#{pass}"] = step;
        }
        return placed;
    }

    private static bool IsContainer(RunRecord run, StepRecord step) => step.ParentStepId is null || run.Steps.Any(other => other.ParentStepId == step.StepId);

    private static Dictionary<string, double> Figures(StepRecord step) => (step.Outputs ?? [])
        .Where(output => output.Value is JsonValue value && value.GetValueKind() == System.Text.Json.JsonValueKind.Number).ToDictionary(output => output.Key, output => output.Value!.GetValue<double>());

    private static bool SameFigures(IReadOnlyDictionary<string, double>? one, IReadOnlyDictionary<string, double>? two, double within) =>
        (one?.Count ?? 0) == (two?.Count ?? 0) && (one ?? new Dictionary<string, double>()).All(pair => two!.TryGetValue(pair.Key, out var now) && IsNear(pair.Value, now, within));

    private static bool IsNear(double one, double two, double within) => one.Equals(two) || Math.Abs(one - two) <= within * Math.Max(Math.Abs(one), Math.Abs(two));

    private static string Name(string package) => package.Split("==")[0];

    private static string Short(string digest) => digest.Length > 12 ? digest[..12] : digest;

    private static string Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "nothing";

    private static JsonNode? Read(JsonNode? node) => JsonNode.Parse(node?.ToJsonString(ContractJson.Options) ?? "null");
}
