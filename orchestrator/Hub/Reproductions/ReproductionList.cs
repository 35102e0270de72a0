using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Provenance;
using Flows.Contract.Runs;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Reproductions;

/// <summary>Runs that make another again, also those that are under way or came to nothing.</summary>
public sealed class ReproductionList(IDbContextFactory<FlowsDb> databases, VerdictBook verdicts, RunReader runs)
{
    private const int Most = 100;

    /// <summary>Newest first, at most 100: those that make the run again, and the run itself when it makes another again. Null: there is no such run.</summary>
    public async Task<IReadOnlyList<RunReproduction>?> OfAsync(string runId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.Set<RunRow>().Where(row => row.Id == runId).Select(row => row.DefinitionId).FirstOrDefaultAsync(cancellation) is not { } flow) return null;
        // Ids sort by the time of creation: only later runs are looked through, and none of their records, which may be large.
        var rows = await db.Set<RunRow>().AsNoTracking()
            .Where(row => row.DefinitionId == flow && string.Compare(row.Id, runId) >= 0 && row.Trigger == ReproductionDesk.Trigger && (row.Id == runId || row.Request.Contains(runId)))
            .OrderByDescending(row => row.Id).Take(Most)
            .Select(row => new
            {
                row.Request,
                Run = new RunSummary(row.Id, row.DefinitionId, row.Name, row.Version, row.Status, row.SubStatus) { CreatedAt = row.CreatedAt, FinishedAt = row.FinishedAt, Author = row.Author, Trigger = row.Trigger },
            }).ToListAsync(cancellation);
        var found = new List<RunReproduction>();
        foreach (var row in rows)
            if (JsonSerializer.Deserialize<RunRequest>(row.Request, ContractJson.Options)?.Reproduces is { } how && (how.RunId == runId || row.Run.Id == runId)) found.Add(await AsItStandsAsync(row.Run, how, cancellation));
        return found;
    }

    private async Task<RunReproduction> AsItStandsAsync(RunSummary run, Reproduction how, CancellationToken cancellation)
    {
        if (run.Status == RunStatus.Finished) return new RunReproduction(run, how) { Verdict = await verdicts.FindAsync(run.Id, cancellation) };
        var now = await runs.FindAsync(run.Id, cancellation);
        return new RunReproduction(run with { SubStatus = now?.SubStatus ?? run.SubStatus }, how) { StepsOver = now?.Steps.Count(step => step.FinishedAt is not null) ?? 0 };
    }
}
