using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Backfills;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Backfills;

/// <summary>Backfills as people see and steer them.</summary>
public sealed class BackfillBook(RunStore store, IDbContextFactory<FlowsDb> databases, TimeProvider time)
{
    // So many rows a transaction: runs write between them.
    private const int Batch = 500;

    /// <summary>Writes it down, its runs first: what is in the list is whole.</summary>
    public async Task<Backfill> AddAsync(BackfillRequest request, BackfillPlan plan, string id, RunOrigin origin)
    {
        var row = new BackfillRow
        {
            Id = id,
            DefinitionId = request.Flow,
            Name = request.Name ?? "",
            Request = JsonSerializer.Serialize(request, ContractJson.Options),
            CreatedAt = time.GetUtcNow(),
            ProjectId = origin.ProjectId,
            Author = origin.Author,
        };
        foreach (var cells in Cells(row, plan, request.Order == "descending").Chunk(Batch)) await store.WriteAsync(db => db.AddRange(cells));
        await store.WriteAsync(db => db.Add(row));
        return Shown(row, new Dictionary<CellState, int> { [CellState.Pending] = plan.Partitions.Count * plan.Variants.Count });
    }

    /// <summary>Newest first, at most 100.</summary>
    public async Task<IReadOnlyList<Backfill>> ListAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await db.Set<BackfillRow>().AsNoTracking().OrderByDescending(row => row.Id).Take(100).ToListAsync(cancellation);
        var counts = await CountsAsync(db, [.. rows.Select(row => row.Id)], cancellation);
        return [.. rows.Select(row => Shown(row, counts.GetValueOrDefault(row.Id) ?? []) with { Partitions = [], Variants = [] })];
    }

    public async Task<Backfill?> FindAsync(string id, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.Set<BackfillRow>().AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, cancellation) is not { } row) return null;
        return Shown(row, (await CountsAsync(db, [id], cancellation)).GetValueOrDefault(id) ?? []);
    }

    /// <summary>Every run's state as one letter, partition by partition and in it variant by variant: <c>P</c>ending, <c>R</c>unning, <c>F</c>inished, <c>X</c> faulted, <c>C</c>ancelled.</summary>
    public async Task<string> StatesAsync(string id, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var states = await db.Set<BackfillCellRow>().AsNoTracking().Where(cell => cell.BackfillId == id).OrderBy(cell => cell.Partition).ThenBy(cell => cell.Variant).Select(cell => cell.State).ToListAsync(cancellation);
        return string.Concat(states.Select(state => "PRFXC"[(int)state]));
    }

    /// <summary>By number, at most 1,000.</summary>
    public async Task<IReadOnlyList<BackfillCell>> CellsAsync(string id, CellState? state, int? partition, int? variant, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var cells = db.Set<BackfillCellRow>().AsNoTracking().Where(cell => cell.BackfillId == id);
        if (state is { } wanted) cells = cells.Where(cell => cell.State == wanted);
        if (partition is { } column) cells = cells.Where(cell => cell.Partition == column);
        if (variant is { } line) cells = cells.Where(cell => cell.Variant == line);
        return await cells.OrderBy(cell => cell.Number).Take(1000)
            .Select(cell => new BackfillCell(cell.Partition, cell.Variant, cell.State) { RunId = cell.RunId, Tries = cell.Tries }).ToListAsync(cancellation);
    }

    /// <summary>No further run is started; those under way are cancelled by the next round.</summary>
    public Task CancelAsync(string id)
    {
        var at = time.GetUtcNow();
        return store.WriteAsync(db =>
        {
            Hold(db, id);
            if (db.Set<BackfillRow>().Where(row => row.Id == id && (row.State == BackfillState.Running || row.State == BackfillState.Stopped))
                .ExecuteUpdate(set => set.SetProperty(row => row.State, BackfillState.Cancelled).SetProperty(row => row.FinishedAt, at)) == 0) return;
            db.Set<BackfillCellRow>().Where(cell => cell.BackfillId == id && cell.State == CellState.Pending).ExecuteUpdate(set => set.SetProperty(cell => cell.State, CellState.Cancelled));
        });
    }

    /// <summary>Once more what faulted or was cancelled; what was not started yet goes on. From here on it is whoever asks that starts them. How many runs that is.</summary>
    public async Task<int> AgainAsync(string id)
    {
        var (again, author) = (0, Sight.Current.Author);
        await store.WriteAsync(db =>
        {
            Hold(db, id);
            db.Set<BackfillCellRow>().Where(cell => cell.BackfillId == id && (cell.State == CellState.Faulted || cell.State == CellState.Cancelled))
                .ExecuteUpdate(set => set.SetProperty(cell => cell.State, CellState.Pending).SetProperty(cell => cell.IsStarted, false));
            again = db.Set<BackfillCellRow>().Count(cell => cell.BackfillId == id && cell.State == CellState.Pending);
            if (again == 0) return;
            db.Set<BackfillRow>().Where(row => row.Id == id).ExecuteUpdate(set => set
                .SetProperty(row => row.Author, author).SetProperty(row => row.State, BackfillState.Running).SetProperty(row => row.FinishedAt, (DateTimeOffset?)null).SetProperty(row => row.Problem, (string?)null));
        });
        return again;
    }

    public static BackfillRequest RequestOf(BackfillRow row) => JsonSerializer.Deserialize<BackfillRequest>(row.Request, ContractJson.Options)!;

    /// <summary>Orchestrators that share the database change a backfill one after the other.</summary>
    internal static void Hold(FlowsDb db, string id)
    {
        if (db.IsShared) db.Database.ExecuteSql($"SELECT pg_advisory_xact_lock(hashtextextended({"backfill/" + id}, 0))");
    }

    private static IEnumerable<BackfillCellRow> Cells(BackfillRow row, BackfillPlan plan, bool descending)
    {
        var number = 0;
        var partitions = Enumerable.Range(0, plan.Partitions.Count);
        foreach (var partition in descending ? partitions.Reverse() : partitions)
        {
            for (var variant = 0; variant < plan.Variants.Count; variant++)
                yield return new BackfillCellRow { BackfillId = row.Id, Number = number++, Partition = partition, Variant = variant, ProjectId = row.ProjectId, Author = row.Author };
        }
    }

    private static async Task<Dictionary<string, Dictionary<CellState, int>>> CountsAsync(FlowsDb db, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var counts = await db.Set<BackfillCellRow>().Where(cell => ids.Contains(cell.BackfillId)).GroupBy(cell => new { cell.BackfillId, cell.State })
            .Select(same => new { same.Key.BackfillId, same.Key.State, Count = same.Count() }).ToListAsync(cancellation);
        return counts.GroupBy(count => count.BackfillId).ToDictionary(same => same.Key, same => same.ToDictionary(count => count.State, count => count.Count));
    }

    private static Backfill Shown(BackfillRow row, IReadOnlyDictionary<CellState, int> counts)
    {
        var request = RequestOf(row);
        var plan = BackfillPlan.Of(request);
        return new Backfill(row.Id, row.DefinitionId, row.Name.Length > 0 ? row.Name : row.DefinitionId)
        {
            State = row.State,
            Input = request.Input,
            Partitions = plan.Partitions,
            Variants = [.. plan.Variants.Select(BackfillPlan.Title)],
            MaxActive = request.MaxActive ?? BackfillRounds.DefaultActive,
            Counts = counts,
            Author = row.Author,
            CreatedAt = row.CreatedAt,
            FinishedAt = row.FinishedAt,
            Problem = row.Problem,
        };
    }
}
