using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Provenance;
using Flows.Contract.Runs;
using Flows.Hub.Artifacts;
using Flows.Hub.Records;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Reproductions;

/// <summary>Verdicts on runs that were made again, kept with them.</summary>
public sealed class VerdictBook(RunStore store, AttemptRecords records, ArtifactStore artifacts, IDbContextFactory<FlowsDb> databases, ILogger<VerdictBook> log)
{
    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<RunVerdict>> OfAsync(string runId, CancellationToken cancellation = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await db.Set<VerdictRow>().AsNoTracking().Where(row => row.RunId == runId).OrderByDescending(row => row.At).Select(row => row.Verdict).ToListAsync(cancellation);
        return rows.ConvertAll(row => JsonSerializer.Deserialize<RunVerdict>(row, ContractJson.Options)!);
    }

    public async Task<RunVerdict?> FindAsync(string reproductionId, CancellationToken cancellation = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var row = await db.Set<VerdictRow>().AsNoTracking().Where(row => row.ReproductionId == reproductionId).Select(row => row.Verdict).FirstOrDefaultAsync(cancellation);
        return row is null ? null : JsonSerializer.Deserialize<RunVerdict>(row, ContractJson.Options);
    }

    /// <summary>A run that makes another again came to its end, and is not yet marked as over: a server that dies in between does it again.</summary>
    internal async Task JudgeAsync(RunRow row, RunRecord record)
    {
        try
        {
            var how = KeptSteps.RequestOf(row).Reproduces!;
            if (await BeforeAsync(how.RunId) is not { } before) return;
            // Records of attempts are written before this, by the same writer.
            await store.WriteAsync(_ => { });
            var again = JudgedRun.Of(record, await records.OfRunAsync(row.Id));
            await KeepAsync(row, Completed(await ComparedAsync(before, again, how.Tolerance), record));
        }
        catch (Exception broken) when (!PassingFault.Is(broken)) { log.LogError(broken, "No verdict could be given on run {Run}", row.Id); }
    }

    internal static void Remove(FlowsDb db, IReadOnlyList<string> runs) =>
        db.Set<VerdictRow>().Where(row => runs.Contains(row.RunId) || runs.Contains(row.ReproductionId)).ExecuteDelete();

    private async Task<JudgedRun?> BeforeAsync(string runId) => await store.FindAsync(runId) is { Record: { } record }
        ? JudgedRun.Of(JsonSerializer.Deserialize<RunRecord>(record, ContractJson.Options)!, await records.OfRunAsync(runId))
        : null;

    private async Task<RunVerdict> ComparedAsync(JudgedRun before, JudgedRun again, double tolerance)
    {
        var packages = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var environment in before.Attempts.Values.Concat(again.Attempts.Values).Select(attempt => attempt.Environment).OfType<StepEnvironment>().DistinctBy(one => one.Digest))
        {
            if (environment.Packages is { } list) packages[environment.Digest] = JsonSerializer.Deserialize<string[]>(await File.ReadAllTextAsync(await artifacts.FetchAsync(list)), ContractJson.Options)!;
        }
        return new RunJudgement(before, again, tolerance) { Packages = packages }.Verdict();
    }

    private static RunVerdict Completed(RunVerdict verdict, RunRecord record) => verdict with
    {
        At = record.FinishedAt ?? default,
        Repeated = record.Steps.Count(step => step is { Facts: not null, Cached: false, CachedFrom: null }),
        Taken = [.. record.Steps.Where(step => step.CachedFrom is not null || step.Cached).Select(step => step.ActivityId).Distinct()],
    };

    private Task KeepAsync(RunRow row, RunVerdict verdict)
    {
        var json = JsonSerializer.Serialize(verdict, ContractJson.Options);
        return store.WriteAsync(db => db.Database.ExecuteSql($"""
            INSERT INTO run_verdicts ("RunId", "ReproductionId", "Verdict", "At", "ProjectId", "Author")
            VALUES ({verdict.RunId}, {verdict.ReproductionId}, {json}, {verdict.At.UtcTicks}, {row.ProjectId}, {row.Author})
            ON CONFLICT ("RunId", "ReproductionId") DO UPDATE SET "Verdict" = excluded."Verdict"
            """));
    }
}
