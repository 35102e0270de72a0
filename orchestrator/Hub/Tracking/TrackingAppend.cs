using System.Data.Common;
using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Checks;
using Flows.Contract.Tracking;

namespace Flows.Hub.Tracking;

/// <summary>One batch on its way into the tables. It may be carried out twice: what the writer's count covers is passed over.</summary>
internal sealed class TrackingAppend(TrackedBy by, TrackingBatch batch)
{
    public const string Param = "param", Tag = "tag", File = "file";

    public TrackedBy By { get; } = by;

    public Appended Outcome { get; private set; } = new Appended.Taken(0);

    public void CarryOut(DbTransaction transaction)
    {
        if (By.Attempt is { } attempt && !Begin(transaction, attempt))
        {
            Outcome = new Appended.Void();
            return;
        }
        var accepted = (long)(Scalar(transaction, "SELECT accepted FROM tracking_writers WHERE run = @run AND writer = @writer", ("writer", batch.Writer)) ?? 0L);
        Outcome = batch.From > accepted ? new Appended.Gap(accepted) : Take(transaction, accepted);
    }

    private Appended Take(DbTransaction transaction, long accepted)
    {
        var skipped = (int)Math.Min(accepted - batch.From, batch.Entries!.Count);
        var entries = batch.Entries.Skip(skipped).ToList();
        if (entries.Count == 0) return new Appended.Taken(accepted);

        var curves = new Curves(transaction, By, entries);
        List<FlowProblem> problems = [.. Changed(transaction, entries, skipped), .. curves.Problems()];
        if (problems.Count > 0) return new Appended.Refused(problems);
        curves.Add();
        foreach (var entry in entries.OfType<TrackedEntry>()) Add(transaction, entry);
        accepted += entries.Count;
        Execute(transaction, "INSERT INTO tracking_writers (run, writer, accepted) VALUES (@run, @writer, @accepted) ON CONFLICT (run, writer) DO UPDATE SET accepted = excluded.accepted", ("writer", batch.Writer), ("accepted", accepted));
        return new Appended.Taken(accepted);
    }

    // What an earlier attempt said is void with it.
    private bool Begin(DbTransaction transaction, int attempt)
    {
        var known = (long)(Scalar(transaction, "SELECT attempt FROM tracking_attempts WHERE run = @run AND step = @step", ("step", By.StepId)) ?? 0L);
        if (known >= attempt) return known == attempt;
        foreach (var table in known == 0 ? [] : TrackingTables.OfSteps) Execute(transaction, $"DELETE FROM {table} WHERE run = @run AND step = @step", ("step", By.StepId));
        Execute(transaction, "INSERT INTO tracking_attempts (run, step, attempt) VALUES (@run, @step, @attempt) ON CONFLICT (run, step) DO UPDATE SET attempt = excluded.attempt", ("step", By.StepId), ("attempt", (long)attempt));
        return true;
    }

    private IEnumerable<FlowProblem> Changed(DbTransaction transaction, List<TrackedEntry?> entries, int skipped)
    {
        var known = new Dictionary<string, string>();
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i] is not { Param: { } name, Text: var text }) continue;
            if (!known.TryGetValue(name, out var before) && Scalar(transaction, "SELECT body FROM tracking_facts WHERE run = @run AND step = @step AND kind = 'param' AND name = @name AND place = 0", ("step", By.StepId), ("name", name)) is string kept)
                before = kept;
            if (before is not null && before != text) yield return EntryChecks.Problem(skipped + i, "parameter-changed", $"The parameter \"{name}\" is \"{Short(before)}\" already and cannot become \"{Short(text ?? "")}\".", "A parameter says what a run was begun with; note what changes as a tag or a metric.");
            else known[name] = text ?? "";
        }
    }

    private void Add(DbTransaction transaction, TrackedEntry entry)
    {
        var (kind, name, body) = entry switch
        {
            { Param: { } param } => (Param, param, entry.Text!),
            { Tag: { } tag } => (Tag, tag, entry.Text!),
            { File: { } file } => (File, file, JsonSerializer.Serialize(entry.Artifact, ContractJson.Options)),
            _ => ("", "", ""),
        };
        if (kind.Length == 0) return;
        Execute(transaction, """
            INSERT INTO tracking_facts (run, step, kind, name, place, body, at) VALUES (@run, @step, @kind, @name, @place, @body, @at)
            ON CONFLICT (run, step, kind, name, place) DO UPDATE SET body = excluded.body, at = excluded.at
            """, ("step", By.StepId), ("kind", kind), ("name", name), ("place", kind == File ? entry.Step : 0L), ("body", body), ("at", entry.At));
    }

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "…";

    private object? Scalar(DbTransaction transaction, string sql, params (string, object?)[] values)
    {
        using var command = transaction.Command(sql, [("run", By.RunId), .. values]);
        return command.ExecuteScalar();
    }

    private void Execute(DbTransaction transaction, string sql, params (string, object?)[] values)
    {
        using var command = transaction.Command(sql, [("run", By.RunId), .. values]);
        command.ExecuteNonQuery();
    }
}
