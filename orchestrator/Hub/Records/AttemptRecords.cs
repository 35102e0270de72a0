using System.Runtime.CompilerServices;
using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Provenance;
using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Records;

/// <summary>
/// The records of all attempts of steps, one for each, and by which artifacts they hang together. The journal is the truth: a record is
/// written from it once the result is there, and once more when a run is taken up whose server may have died in between.
/// </summary>
public sealed class AttemptRecords(RunStore store, IDbContextFactory<FlowsDb> databases, ILogger<AttemptRecords> log)
{
    // SQLite takes 32,766 parameters in one statement.
    private const int MostOfStatement = 1_000;

    /// <summary>Beside the run's loop: a run waits for its own row, written after this by the same writer.</summary>
    internal void Keep(RunRow run, AttemptRecord record) => _ = WriteAsync(run, db => Insert(db, run, record));

    /// <summary>The same for all that a journal tells of a run that is taken up: what is there already is not written again.</summary>
    internal void KeepMissing(RunRow run, IReadOnlyList<AttemptRecord> records)
    {
        if (records.Count > 0) _ = WriteAsync(run, db => InsertMissing(db, run, records));
    }

    /// <summary>An attempt of a step; the newest when none is named. Null when there is no such step, or it did not end yet.</summary>
    public async Task<AttemptRecord?> FindAsync(string runId, string stepId, int? attempt, CancellationToken cancellation = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var found = db.Set<AttemptRow>().AsNoTracking().Where(row => row.RunId == runId && row.StepId == stepId && (attempt == null || row.Attempt == attempt));
        return Read(await found.OrderByDescending(row => row.Attempt).Select(row => row.Record).FirstOrDefaultAsync(cancellation));
    }

    /// <summary>All attempts of a run's steps, in the order in which they ended.</summary>
    public async Task<IReadOnlyList<AttemptRecord>> OfRunAsync(string runId, CancellationToken cancellation = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await db.Set<AttemptRow>().AsNoTracking().Where(row => row.RunId == runId).OrderBy(row => row.At).ThenBy(row => row.StepId).Select(row => row.Record).ToListAsync(cancellation);
        return [.. rows.Select(Read).OfType<AttemptRecord>()];
    }

    /// <summary>Which attempts of the projects that are seen now used a digest, and how; oldest run first, at most <paramref name="most"/>.</summary>
    public async Task<IReadOnlyList<AttemptArtifactRow>> UsesAsync(string sha256, int most = 1000, CancellationToken cancellation = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<AttemptArtifactRow>().AsNoTracking().Where(row => row.Sha256 == sha256).OrderBy(row => row.RunId).ThenBy(row => row.StepId).Take(most).ToListAsync(cancellation);
    }

    internal static void Remove(FlowsDb db, IReadOnlyList<string> runs)
    {
        db.Set<AttemptArtifactRow>().Where(row => runs.Contains(row.RunId)).ExecuteDelete();
        db.Set<AttemptRow>().Where(row => runs.Contains(row.RunId)).ExecuteDelete();
    }

    private async Task WriteAsync(RunRow run, Action<FlowsDb> write)
    {
        try { await store.WriteAsync(write); }
        catch (Exception refused) { log.LogError(refused, "Records of steps of run {Run} could not be written", run.Id); }
    }

    private static void InsertMissing(FlowsDb db, RunRow run, IReadOnlyList<AttemptRecord> records)
    {
        var known = db.Set<AttemptRow>().Where(row => row.RunId == run.Id).Select(row => new { row.StepId, row.Attempt }).ToHashSet();
        foreach (var record in records.Where(record => !known.Contains(new { record.StepId, record.Attempt }))) Insert(db, run, record);
    }

    private static void Insert(FlowsDb db, RunRow run, AttemptRecord record)
    {
        var (json, at) = (JsonSerializer.Serialize(record, ContractJson.Options), (record.FinishedAt ?? default).UtcTicks);
        db.Database.ExecuteSql($"""
            INSERT INTO attempt_records ("RunId", "StepId", "Attempt", "ActivityId", "Record", "At", "ProjectId", "Author")
            VALUES ({run.Id}, {record.StepId}, {record.Attempt}, {record.ActivityId}, {json}, {at}, {run.ProjectId}, {run.Author}) ON CONFLICT DO NOTHING
            """);
        foreach (var uses in Uses(record).Distinct().Chunk(MostOfStatement)) Insert(db, run, record, uses);
    }

    private static void Insert(FlowsDb db, RunRow run, AttemptRecord record, (string Sha256, ArtifactUse Use, string Name)[] uses)
    {
        var values = string.Join(", ", uses.Select((_, i) => $"({{{5 + 3 * i}}}, {{0}}, {{1}}, {{2}}, {{{6 + 3 * i}}}, {{{7 + 3 * i}}}, {{3}}, {{4}})"));
        object[] parameters = [run.Id, record.StepId, record.Attempt, run.ProjectId, run.Author, .. uses.SelectMany(used => new object[] { used.Sha256, (int)used.Use, used.Name })];
        db.Database.ExecuteSql(FormattableStringFactory.Create($"""
            INSERT INTO attempt_artifacts ("Sha256", "RunId", "StepId", "Attempt", "Use", "Name", "ProjectId", "Author") VALUES {values} ON CONFLICT DO NOTHING
            """, parameters));
    }

    private static IEnumerable<(string Sha256, ArtifactUse Use, string Name)> Uses(AttemptRecord record)
    {
        foreach (var input in record.Inputs) yield return (input.Sha256, ArtifactUse.Input, input.Port);
        foreach (var output in record.Outputs) yield return (output.Sha256, ArtifactUse.Output, output.Port);
        foreach (var file in record.Facts?.Files ?? []) yield return (file.Sha256, ArtifactUse.File, file.Path);
        if (record.Facts?.Code is { } code) yield return (code.Snapshot.Sha256, ArtifactUse.Code, code.Entry);
        if (record.Facts?.Code?.Git?.Patch is { } patch) yield return (patch.Sha256, ArtifactUse.Code, "patch");
        if (record.Environment?.Packages is { } packages) yield return (packages.Sha256, ArtifactUse.Environment, "packages");
        if (record.Environment?.Archive is { } archive) yield return (archive.Sha256, ArtifactUse.Environment, "archive");
        foreach (var read in record.Facts?.Stray?.Read ?? []) if (read.Sha256 is { } digest) yield return (digest, ArtifactUse.StrayRead, read.Path);
        foreach (var written in record.Facts?.Stray?.Written ?? []) if (written.Sha256 is { } digest) yield return (digest, ArtifactUse.StrayWrite, written.Path);
    }

    private static AttemptRecord? Read(string? record) => record is null ? null : JsonSerializer.Deserialize<AttemptRecord>(record, ContractJson.Options);
}
