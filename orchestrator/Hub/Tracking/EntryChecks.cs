using System.Text.RegularExpressions;
using Flows.Contract.Checks;
using Flows.Contract.Tracking;

namespace Flows.Hub.Tracking;

/// <summary>What entries may be called and hold. The limits of parameters and tags are MLflow's.</summary>
internal static partial class EntryChecks
{
    public const int MostName = 250, MostParam = 6_000, MostTag = 8_000;

    private const string NameRule = "Use 1 to 250 characters; a slash divides it into parts, none of which is empty, \".\" or \"..\"; no control characters and no backslash.";

    /// <summary>Every mistake of a batch, each with the entry that it is in.</summary>
    public static IReadOnlyList<FlowProblem> Problems(TrackingBatch batch, string runId)
    {
        List<FlowProblem> problems = [];
        if (!Writer().IsMatch(batch.Writer ?? "")) problems.Add(Of("bad-writer", "writer", "The batch does not say who writes.", "Give \"writer\": 1 to 100 letters, digits, \".\", \"_\", \"-\" and \"/\", the same for all that one process sends."));
        if (batch.From < 0) problems.Add(Of("bad-from", "from", "\"from\" is less than 0.", "Entries of a writer are numbered from 0."));
        if (batch.Entries is null) problems.Add(Of("no-entries", "entries", "The batch has no entries.", "Give a list, which may be empty."));
        if (batch.Entries?.Count > TrackingBatch.MostEntries) problems.Add(Of("too-many-entries", "entries", $"The batch has {batch.Entries.Count:N0} entries.", $"Send at most {TrackingBatch.MostEntries:N0} at once."));
        if (batch.StepId is { } step && !Step().IsMatch(step.StartsWith(runId + ".", StringComparison.Ordinal) ? step[(runId.Length + 1)..] : "")) problems.Add(Of("bad-step", "stepId", $"\"{step}\" is no step of the run.", "Name a step by its id, or none."));
        if (problems.Count > 0) return problems;
        for (var i = 0; i < batch.Entries!.Count; i++) problems.AddRange(Of(batch.Entries[i], i));
        return problems;
    }

    /// <param name="index">The entry's place in its batch; null when it is none of them alone.</param>
    public static FlowProblem Problem(int? index, string code, string message, string fix) => Of(code, index is null ? "entries" : $"entries[{index}]", message, fix);

    private static IEnumerable<FlowProblem> Of(TrackedEntry? entry, int index)
    {
        if (entry is null) yield break;
        var (kind, name) = entry switch
        {
            { Metric: { } metric } => ("metric", metric),
            { Param: { } param } => ("parameter", param),
            { Tag: { } tag } => ("tag", tag),
            { File: { } file } => ("file", file),
            _ => ("", ""),
        };
        if (kind.Length == 0)
        {
            yield return Problem(index, "empty-entry", $"Entry {index} is neither a metric nor a parameter, a tag or a file.", "Give one of \"metric\", \"param\", \"tag\" and \"file\".");
            yield break;
        }
        if (!IsName(name)) yield return Problem(index, "bad-name", $"\"{Shown(name)}\" cannot name a {kind}.", NameRule);
        if (entry is { Metric: not null, Value: null }) yield return Problem(index, "no-value", $"The metric \"{Shown(name)}\" has no value.", "Give a number, or \"NaN\", \"Infinity\", \"-Infinity\".");
        if (kind is "parameter" or "tag" && Text(entry, kind) is { } wrong) yield return Problem(index, "bad-text", $"The {kind} \"{Shown(name)}\" {wrong}.", $"Give \"text\" of at most {(kind == "tag" ? MostTag : MostParam):N0} characters.");
        if (kind == "file" && !IsArtifact(entry)) yield return Problem(index, "bad-artifact", $"The file \"{Shown(name)}\" names no artifact.", "Upload the bytes, and give \"artifact\" with sha256, kind, name and size.");
    }

    private static string? Text(TrackedEntry entry, string kind) => entry.Text switch
    {
        null => "has no text",
        { Length: var length } when length > (kind == "tag" ? MostTag : MostParam) => $"has {length:N0} characters",
        var text when text.Contains('\0', StringComparison.Ordinal) => "holds a zero character",
        _ => null,
    };

    private static bool IsArtifact(TrackedEntry entry) => entry.Artifact is { Sha256.Length: 64, Size: >= 0, Kind.Length: > 0 and < 100, Name.Length: > 0 and < 1000 };

    private static bool IsName(string name) => name.Length is > 0 and <= MostName && !name.Any(letter => char.IsControl(letter) || letter == '\\' || char.IsSurrogate(letter))
        && name.Split('/').All(part => part is not ("" or "." or ".."));

    // As part of a sentence: what is not to be seen is made visible.
    private static string Shown(string name) => Logs.OneLine.Of(name.Length <= 80 ? name : name[..80] + "…");

    private static FlowProblem Of(string code, string field, string message, string fix) => new(ProblemLevel.Error, code, null, field, message, fix);

    [GeneratedRegex(@"\A[A-Za-z0-9._/-]{1,100}\z")]
    private static partial Regex Writer();

    [GeneratedRegex(@"\A[0-9]{1,9}\z")]
    private static partial Regex Step();
}
