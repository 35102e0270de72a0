using System.Runtime.CompilerServices;
using Flows.Contract;
using Flows.Contract.Approvals;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Hub.Runners;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Runs;

/// <summary>A change of runs' rows. Those of a kind are carried out together, in as many statements for a hundred runs as for one; each may be done twice.</summary>
internal abstract record RunWrite
{
    private RunWrite() { }

    /// <summary>A run that starts without asking whether it may.</summary>
    public sealed record Add(RunRow Row, FlowDefinition Definition) : RunWrite;

    /// <summary>A run's journal says that it is over.</summary>
    /// <param name="Record">The whole record as JSON.</param>
    public sealed record End(string Id, RunRecord Finished, string Record) : RunWrite;

    /// <summary>Any other change.</summary>
    public sealed record Change(Action<FlowsDb> Work) : RunWrite;

    // Whoever waits for a run's start or end has not been told of it yet: nothing beside it can depend on it, so that these go first.
    public static void Apply(FlowsDb db, IReadOnlyList<RunWrite> writes, RunDefinitions definitions, bool isRepeated)
    {
        AddAll(db, [.. writes.OfType<Add>()], definitions, isRepeated);
        foreach (var ended in writes.OfType<End>().Chunk(MostOfStatement)) EndAll(db, ended);
        foreach (var change in writes.OfType<Change>())
        {
            change.Work(db);
            db.SaveChanges();
        }
    }

    // SQLite takes 32,766 parameters in one statement.
    private const int MostOfStatement = 500;

    private static void AddAll(FlowsDb db, List<Add> adds, RunDefinitions definitions, bool isRepeated)
    {
        if (adds.Count == 0) return;
        foreach (var add in adds) definitions.Keep(db, add.Row.DefinitionDigest, add.Definition);
        var ids = adds.ConvertAll(add => add.Row.Id);
        var known = isRepeated ? db.Set<RunRow>().Where(row => ids.Contains(row.Id)).Select(row => row.Id).ToHashSet() : [];
        db.AddRange(adds.Select(add => add.Row).Where(row => !known.Contains(row.Id)));
        db.SaveChanges();
        db.ChangeTracker.Clear();
    }

    private static void EndAll(FlowsDb db, IReadOnlyList<End> ended)
    {
        var values = string.Join(", ", ended.Select((_, i) => $"({{{5 * i}}}, {{{5 * i + 1}}}, {{{5 * i + 2}}}, CAST({{{5 * i + 3}}} AS bigint), {{{5 * i + 4}}})"));
        object[] parameters = [.. ended.SelectMany(end => new object[]
        {
            end.Id, (int)end.Finished.Status, (int)end.Finished.SubStatus, end.Finished.FinishedAt is { } at ? at.UtcTicks : DBNull.Value, end.Record,
        })];
        var ids = string.Join(", ", ended.Select((_, i) => $"{{{5 * i}}}"));
        db.Database.ExecuteSql(FormattableStringFactory.Create($"""
            WITH ended ("Id", "Status", "SubStatus", "FinishedAt", "Record") AS (VALUES {values})
            UPDATE runs SET "Status" = ended."Status", "SubStatus" = ended."SubStatus", "FinishedAt" = ended."FinishedAt", "Record" = ended."Record"
            FROM ended WHERE runs."Id" = ended."Id";
            {Clear(ids)}
            """, parameters));
    }

    // Letters and bookmarks of runs that are over: nobody takes them any more. Jobs whose results were letters go with them. Sent with the
    // update, since a run's end waits for it.
    private static string Clear(string ids) => $"""
        DELETE FROM step_jobs WHERE "RunId" IN ({ids}) AND "State" = {(int)JobState.Told};
        DELETE FROM run_mail WHERE "RunId" IN ({ids});
        DELETE FROM bookmarks WHERE "RunId" IN ({ids});
        UPDATE approvals SET "State" = {(int)ApprovalState.Withdrawn} WHERE "RunId" IN ({ids}) AND "State" = {(int)ApprovalState.Open};
        """;
}

/// <summary>Definitions that runs started with, each written once.</summary>
internal sealed class RunDefinitions
{
    private readonly HashSet<string> _kept = [];

    /// <summary>A commit failed: what it was to keep may not be there.</summary>
    public void Doubt() => _kept.Clear();

    public void Keep(FlowsDb db, string digest, FlowDefinition definition)
    {
        if (!_kept.Add(digest)) return;
        // Another orchestrator may write the same one at this moment.
        var row = new RunDefinitionRow { Digest = digest, Json = definition.Json.ToJsonString(ContractJson.Options) };
        db.Database.ExecuteSql($"""
            INSERT INTO run_definitions ("Digest", "Json", "ProjectId", "Author") VALUES ({row.Digest}, {row.Json}, {row.ProjectId}, {row.Author}) ON CONFLICT DO NOTHING
            """);
    }
}
