using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Runs;

/// <summary>
/// Rows of runs and the definitions they started with. Writes of many runs share a transaction; one whose outcome was
/// lost with the connection is done again, so that each write has to be the same when done twice.
/// </summary>
public sealed class RunStore : IAsyncDisposable
{
    private readonly IDbContextFactory<FlowsDb> _databases;
    private readonly GroupCommit<RunWrite> _writer;
    private readonly RunDefinitions _definitions = new();
    private bool _isRepeated;

    public RunStore(IDbContextFactory<FlowsDb> databases, WriteTurn? turn = null)
    {
        _databases = databases;
        _writer = new GroupCommit<RunWrite>("runs", Commit, turn, isDirect: true);
    }

    /// <summary>What is written waits for room on a disk.</summary>
    public bool IsFull => _writer.IsFull;

    /// <summary>Writes the run down; its definition is stored once per content.</summary>
    /// <param name="isDerived">Its id says what started it: a run with that id may be there already.</param>
    public async Task<Admission> AddAsync(RunRow row, FlowDefinition definition, bool isDerived = false)
    {
        var rule = ActivationRule.Of(definition, row);
        Admission admission = new Admission.Admitted();
        if (rule is null && !isDerived) await _writer.AddAsync(new RunWrite.Add(row, definition));
        else await WriteAsync(db => admission = Admit(db, row, definition, isDerived, rule));
        return admission;
    }

    private Admission Admit(FlowsDb db, RunRow row, FlowDefinition definition, bool isDerived, ActivationRule? rule)
    {
        if (isDerived && db.Set<RunRow>().Any(known => known.Id == row.Id)) return new Admission.Known();
        if (rule?.Ask(db, row.Id) is Admission.Refused refused) return refused;
        _definitions.Keep(db, row.DefinitionDigest, definition);
        if (!_isRepeated || !db.Set<RunRow>().Any(known => known.Id == row.Id)) db.Add(row);
        Beginning?.Invoke(db, [row]);
        return new Admission.Admitted();
    }

    /// <summary>Keeps a run that was carried out elsewhere, or how it stands by now; says whether it is new, null when its id is that of another run.</summary>
    public async Task<bool?> KeepRecordedAsync(RunRow row, FlowDefinition definition)
    {
        bool? isNew = null;
        await WriteAsync(db =>
        {
            _definitions.Keep(db, row.DefinitionDigest, definition);
            var known = db.Set<RunRow>().AsNoTracking().FirstOrDefault(one => one.Id == row.Id);
            // A write that is done twice finds its own first try.
            isNew = known is null || isNew == true && _isRepeated ? true : known.ProjectId == row.ProjectId && known.Trigger == row.Trigger ? false : null;
            if (known is null) db.Add(row);
            else if (isNew is not null)
                db.Set<RunRow>().Where(one => one.Id == row.Id).ExecuteUpdate(set => set.SetProperty(one => one.SubStatus, row.SubStatus).SetProperty(one => one.FinishedAt, row.FinishedAt).SetProperty(one => one.Record, row.Record));
        });
        return isNew;
    }

    /// <summary>Keeps which version of another flow a run uses, for as long as it runs and whenever it is replayed.</summary>
    public Task PinAsync(RunChildRow child, FlowDefinition? definition) => WriteAsync(db =>
    {
        if (definition is not null) _definitions.Keep(db, child.DefinitionDigest!, definition);
        if (_isRepeated && db.Set<RunChildRow>().Any(known => known.RunId == child.RunId && known.Name == child.Name && known.Version == child.Version)) return;
        db.Add(child);
    });

    /// <summary>A write of another kind, in the same transaction as those of other runs.</summary>
    internal Task WriteAsync(Action<FlowsDb> write) => _writer.AddAsync(new RunWrite.Change(write));

    /// <summary>Runs that a run started and that are not over.</summary>
    public async Task<IReadOnlyList<string>> OffspringAsync(string runId)
    {
        await using var db = await _databases.CreateDbContextAsync();
        return await db.Set<RunRow>().Where(row => row.ParentRunId == runId && row.Status == RunStatus.Running).Select(row => row.Id).ToListAsync();
    }

    internal Task CorrelateAsync(string id, string? correlationId) => WriteAsync(db =>
        db.Set<RunRow>().Where(row => row.Id == id).ExecuteUpdate(set => set.SetProperty(row => row.CorrelationId, correlationId)));

    public async Task<RunRow?> FindAsync(string id, CancellationToken cancellation = default)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellation);
        return await db.Set<RunRow>().AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, cancellation);
    }

    public async Task<FlowDefinition> DefinitionAsync(string digest)
    {
        await using var db = await _databases.CreateDbContextAsync();
        return FlowFile.ReadOne((await db.Set<RunDefinitionRow>().AsNoTracking().SingleAsync(row => row.Digest == digest)).Json);
    }

    /// <summary>A run of this server is over, and its row says so.</summary>
    public event Action<string>? Ended;

    /// <summary>Shows how a run stands, unless it has another owner by now.</summary>
    public Task MarkAsync(RunRow run, RunStatus status, RunSubStatus subStatus) => WriteAsync(db =>
        db.Set<RunRow>().Where(row => row.Id == run.Id && row.OwnerId == run.OwnerId && row.Status == RunStatus.Running).ExecuteUpdate(set => set
            .SetProperty(row => row.Status, status)
            .SetProperty(row => row.SubStatus, subStatus)));

    /// <summary>Runs are written down: what else belongs to their start is written in the same transaction, for all of them at once. It may be done twice.</summary>
    internal event Action<FlowsDb, IReadOnlyList<RunRow>>? Beginning;

    /// <summary>The same for runs that are over.</summary>
    internal event Action<FlowsDb, IReadOnlyList<RunRecord>>? Ending;

    /// <summary>Keeps the whole record of a run whose journal says that it is over.</summary>
    public async Task EndAsync(string id, RunRecord finished)
    {
        await _writer.AddAsync(new RunWrite.End(id, finished, JsonSerializer.Serialize(finished, ContractJson.Options)));
        Ended?.Invoke(id);
    }

    /// <summary>Versions of other flows that a run has used so far.</summary>
    public async Task<IReadOnlyList<RunChildRow>> ChildrenAsync(string runId)
    {
        await using var db = await _databases.CreateDbContextAsync();
        return await db.Set<RunChildRow>().AsNoTracking().Where(row => row.RunId == runId).ToListAsync();
    }

    /// <summary>Newest first, at most 200.</summary>
    public async Task<IReadOnlyList<RunSummary>> ListAsync(RunFilter filter, CancellationToken cancellation)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellation);
        var rows = db.Set<RunRow>().AsNoTracking();
        if (filter.DefinitionId is { } flow) rows = rows.Where(row => row.DefinitionId == flow);
        if (filter.Status is { } status) rows = rows.Where(row => row.Status == status);
        if (filter.SubStatus is { } subStatus) rows = Stirring.Contains(subStatus) ? rows.Where(row => Stirring.Contains(row.SubStatus)) : rows.Where(row => row.SubStatus == subStatus);
        if (filter.After is { } after) rows = rows.Where(row => string.Compare(row.Id, after) < 0);
        // The record may be large: the list does not read it.
        return await rows.OrderByDescending(row => row.Id).Take(filter.Limit)
            .Select(row => new RunSummary(row.Id, row.DefinitionId, row.Name, row.Version, row.Status, row.SubStatus)
            {
                CreatedAt = row.CreatedAt, FinishedAt = row.FinishedAt, Author = row.Author, Trigger = row.Trigger, ParentRunId = row.ParentRunId,
            }).ToListAsync(cancellation);
    }

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    // Between these a live run moves without its row being written each time.
    private static readonly RunSubStatus[] Stirring = [RunSubStatus.Pending, RunSubStatus.Executing];

    private void Commit(IReadOnlyList<RunWrite> writes)
    {
        // Whoever asks may commit himself, but never on his own behalf.
        using var all = Sight.Everything.Enter();
        try
        {
            using var db = _databases.CreateDbContext();
            // What fails, fails with the whole transaction: nothing is gone back to in its middle.
            db.Database.AutoSavepointsEnabled = false;
            using var transaction = db.Database.BeginTransaction();
            RunWrite.Apply(db, writes, _definitions, _isRepeated);
            Tell(db, writes);
            transaction.Commit();
            _isRepeated = false;
        }
        catch
        {
            // From now on every write looks first, until a commit went well.
            _isRepeated = true;
            _definitions.Doubt();
            throw;
        }
    }

    private void Tell(FlowsDb db, IReadOnlyList<RunWrite> writes)
    {
        if (Beginning is { } beginning && writes.OfType<RunWrite.Add>().Select(add => add.Row).ToList() is { Count: > 0 } begun) beginning(db, begun);
        if (Ending is { } ending && writes.OfType<RunWrite.End>().Select(end => end.Finished).ToList() is { Count: > 0 } over) ending(db, over);
    }

    public static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <param name="Limit">1 to 200.</param>
public sealed record RunFilter(string? DefinitionId, RunStatus? Status, RunSubStatus? SubStatus, string? After, int Limit);
