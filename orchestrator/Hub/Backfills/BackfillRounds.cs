using System.Text.Json.Nodes;
using Flows.Contract.Backfills;
using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Hub.Runs;
using Flows.Hub.Starts;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Backfills;

/// <summary>
/// Starts the runs of backfills, so many at once, and takes note of their ends. Each orchestrator may do so: a run's id is
/// written down before it is started, under a lock of its backfill, and of two who start it one does.
/// </summary>
public sealed class BackfillRounds(RunStore store, IDbContextFactory<FlowsDb> databases, StartOnce starts, RunHost host, TimeProvider time)
{
    public const int DefaultActive = 4;

    /// <summary>Whoever claims a run and has not started it after this has died.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>There was one that is not over, at the last look.</summary>
    public bool HasOpen { get; private set; }

    /// <summary>One look at every backfill that is not over. True when there may be more to do at once.</summary>
    public async Task<bool> LookAsync(CancellationToken cancellation)
    {
        var more = false;
        var open = await OpenAsync(cancellation);
        HasOpen = open.Count > 0;
        foreach (var backfill in open) more |= await LookAsync(backfill, cancellation);
        return more;
    }

    private async Task<IReadOnlyList<BackfillRow>> OpenAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<BackfillRow>().AsNoTracking()
            .Where(row => row.State == BackfillState.Running || row.State != BackfillState.Finished && db.Set<BackfillCellRow>().Any(cell => cell.BackfillId == row.Id && cell.State == CellState.Running))
            .OrderBy(row => row.Id).ToListAsync(cancellation);
    }

    private async Task<bool> LookAsync(BackfillRow backfill, CancellationToken cancellation)
    {
        var request = BackfillBook.RequestOf(backfill);
        var settled = await SettleAsync(backfill, request, cancellation);
        if (backfill.State == BackfillState.Cancelled) await CancelRunsAsync(backfill, cancellation);
        var claimed = await ClaimAsync(backfill, request.MaxActive ?? DefaultActive);
        var plan = claimed.Count == 0 ? null : BackfillPlan.Of(request);
        foreach (var cell in claimed)
        {
            if (!await StartAsync(backfill, cell, Inputs(request, plan!, cell), cancellation)) break;
        }
        return settled > 0 && claimed.Count > 0;
    }

    // What ended since the last look.
    private async Task<int> SettleAsync(BackfillRow backfill, BackfillRequest request, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var ended = await (from cell in db.Set<BackfillCellRow>()
                           where cell.BackfillId == backfill.Id && cell.State == CellState.Running && cell.IsStarted
                           join run in db.Set<RunRow>() on cell.RunId equals run.Id into runs
                           from run in runs.DefaultIfEmpty()
                           where run == null || run.Status == RunStatus.Finished
                           select new { cell.Number, SubStatus = run == null ? RunSubStatus.Cancelled : run.SubStatus }).ToListAsync(cancellation);
        foreach (var same in ended.GroupBy(cell => StateOf(cell.SubStatus)))
        {
            var numbers = same.Select(cell => cell.Number).ToList();
            await db.Set<BackfillCellRow>().Where(cell => cell.BackfillId == backfill.Id && numbers.Contains(cell.Number) && cell.State == CellState.Running)
                .ExecuteUpdateAsync(set => set.SetProperty(cell => cell.State, same.Key), cancellation);
        }
        if (request.OnFailure == "stop" && ended.Any(cell => StateOf(cell.SubStatus) != CellState.Finished)) await StopAsync(backfill.Id, "A run did not finish, and the rest was not to be started then.");
        return ended.Count;
    }

    private static CellState StateOf(RunSubStatus ended) => ended switch
    {
        RunSubStatus.Finished => CellState.Finished,
        RunSubStatus.Cancelled => CellState.Cancelled,
        _ => CellState.Faulted,
    };

    private Task StopAsync(string id, string problem) => store.WriteAsync(db => db.Set<BackfillRow>().Where(row => row.Id == id && row.State == BackfillState.Running)
        .ExecuteUpdate(set => set.SetProperty(row => row.State, BackfillState.Stopped).SetProperty(row => row.Problem, problem)));

    /// <summary>Takes as many runs as there are places, and those that somebody who died had taken. Ends the backfill when nothing is left.</summary>
    private async Task<IReadOnlyList<BackfillCellRow>> ClaimAsync(BackfillRow backfill, int most)
    {
        var claimed = new List<BackfillCellRow>();
        var now = time.GetUtcNow();
        await store.WriteAsync(db =>
        {
            claimed.Clear();
            BackfillBook.Hold(db, backfill.Id);
            var cells = db.Set<BackfillCellRow>().Where(cell => cell.BackfillId == backfill.Id);
            var active = cells.Count(cell => cell.State == CellState.Running);
            var goesOn = db.Set<BackfillRow>().Any(row => row.Id == backfill.Id && row.State == BackfillState.Running);
            claimed.AddRange(cells.Where(cell => cell.State == CellState.Running && !cell.IsStarted && cell.ClaimedAt < now - Patience));
            if (goesOn && active < most) claimed.AddRange(cells.Where(cell => cell.State == CellState.Pending).OrderBy(cell => cell.Number).Take(most - active));
            foreach (var cell in claimed) Claim(cell, now);
            db.SaveChanges();
            db.ChangeTracker.Clear();
            if (goesOn && active == 0 && claimed.Count == 0)
                db.Set<BackfillRow>().Where(row => row.Id == backfill.Id).ExecuteUpdate(set => set.SetProperty(row => row.State, BackfillState.Finished).SetProperty(row => row.FinishedAt, now));
        });
        return claimed;
    }

    private void Claim(BackfillCellRow cell, DateTimeOffset now)
    {
        cell.ClaimedAt = now;
        if (cell.State == CellState.Running) return;
        (cell.State, cell.RunId, cell.IsStarted) = (CellState.Running, starts.NewId(), false);
        cell.Tries++;
    }

    // What cannot be started now could not for the other partitions either: the backfill stops, and says why.
    private async Task<bool> StartAsync(BackfillRow backfill, BackfillCellRow cell, JsonObject inputs, CancellationToken cancellation)
    {
        var origin = new RunOrigin(backfill.ProjectId, backfill.Author, "backfill") { RunId = cell.RunId };
        var why = await starts.StartAsync(backfill.DefinitionId, new RunRequest { Inputs = inputs }, origin, cancellation);
        if (why is not null) await StopAsync(backfill.Id, why);
        await store.WriteAsync(db => db.Set<BackfillCellRow>().Where(row => row.BackfillId == cell.BackfillId && row.Number == cell.Number && row.RunId == cell.RunId).ExecuteUpdate(set => set
            .SetProperty(row => row.IsStarted, why == null)
            .SetProperty(row => row.State, row => why == null ? row.State : CellState.Faulted)
            .SetProperty(row => row.RunId, row => why == null ? row.RunId : null)));
        return why is null;
    }

    private async Task CancelRunsAsync(BackfillRow backfill, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var running = await db.Set<BackfillCellRow>().AsNoTracking().Where(cell => cell.BackfillId == backfill.Id && cell.State == CellState.Running && cell.IsStarted).Select(cell => cell.RunId!).ToListAsync(cancellation);
        foreach (var run in running)
        {
            if (host.Find(run) is { } live) live.Cancel(backfill.Author);
            else await host.PostAsync(run, new RunEvent.CancelRequested(backfill.Author), cancellation);
        }
    }

    private static JsonObject Inputs(BackfillRequest request, BackfillPlan plan, BackfillCellRow cell)
    {
        var inputs = (JsonObject?)request.Inputs?.DeepClone() ?? [];
        foreach (var (name, value) in plan.Variants[cell.Variant]) inputs[name] = value?.DeepClone();
        inputs[request.Input] = plan.Partitions[cell.Partition];
        return inputs;
    }
}
