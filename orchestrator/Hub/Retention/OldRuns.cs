using Flows.Contract.Runs;
using Flows.Hub.DataSets;
using Flows.Hub.Models;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Retention;

/// <summary>
/// Finds runs that may go: over, old, not among the newest of their flow, and nothing refers to them: no pin, no version of a model or a data set,
/// no run under way that goes on from them.
/// </summary>
public sealed class OldRuns(IDbContextFactory<FlowsDb> databases)
{
    private readonly Dictionary<string, string?> _newest = [];
    private HashSet<string>? _goneOnFrom;
    private (DateTimeOffset At, string Id) _after = (DateTimeOffset.MinValue, "");

    /// <summary>The next that may go, oldest first; empty when none is left. Each call looks on from where the last one ended.</summary>
    public async Task<IReadOnlyList<string>> NextAsync(RetentionOptions options, DateTimeOffset now, int most, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        _goneOnFrom ??= await GoneOnFromAsync(db, cancellation);
        var found = new List<string>();
        while (found.Count == 0)
        {
            var looked = await LookAsync(db, options, now, most, cancellation);
            if (looked.Count == 0) break;
            _after = (looked[^1].FinishedAt!.Value, looked[^1].Id);
            foreach (var run in looked.Where(run => run.FinishedAt < options.OldBefore(run.SubStatus, now) && !_goneOnFrom.Contains(run.Id)))
            {
                if (string.CompareOrdinal(run.Id, await NewestKeptAsync(db, run.DefinitionId, options.KeepLast, cancellation)) < 0) found.Add(run.Id);
            }
        }
        return found;
    }

    private sealed record Looked(string Id, string DefinitionId, RunSubStatus SubStatus, DateTimeOffset? FinishedAt);

    private async Task<IReadOnlyList<Looked>> LookAsync(FlowsDb db, RetentionOptions options, DateTimeOffset now, int most, CancellationToken cancellation)
    {
        var (at, id) = _after;
        var latest = new[] { options.OldBefore(RunSubStatus.Finished, now), options.OldBefore(RunSubStatus.Faulted, now) }.Max();
        return await db.Set<RunRow>().AsNoTracking()
            .Where(run => run.Status == RunStatus.Finished && run.FinishedAt < latest && (run.FinishedAt > at || run.FinishedAt == at && string.Compare(run.Id, id) > 0))
            .Where(run => !db.Set<RunPinRow>().Any(pin => pin.RunId == run.Id) && !db.Set<ModelVersionRow>().Any(version => version.RunId == run.Id) && !db.Set<DataSetVersionRow>().Any(version => version.RunId == run.Id))
            .OrderBy(run => run.FinishedAt).ThenBy(run => run.Id).Take(most)
            .Select(run => new Looked(run.Id, run.DefinitionId, run.SubStatus, run.FinishedAt)).ToListAsync(cancellation);
    }

    // The oldest of the newest of a flow; runs with a smaller id may go.
    private async Task<string> NewestKeptAsync(FlowsDb db, string flow, int last, CancellationToken cancellation)
    {
        const string everyRun = "~";
        if (last == 0) return everyRun;
        if (!_newest.TryGetValue(flow, out var kept))
            _newest[flow] = kept = await db.Set<RunRow>().Where(run => run.DefinitionId == flow).OrderByDescending(run => run.Id).Select(run => run.Id).Skip(last - 1).FirstOrDefaultAsync(cancellation);
        return kept ?? "";
    }

    private static async Task<HashSet<string>> GoneOnFromAsync(FlowsDb db, CancellationToken cancellation) =>
        [.. (await db.Set<RunRow>().AsNoTracking().Where(run => run.Status == RunStatus.Running && run.Request.Contains("resumedFrom")).ToListAsync(cancellation))
            .Select(run => KeptSteps.RequestOf(run).ResumedFrom).OfType<string>()];
}
