using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Hub.Logs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Audit;

/// <summary>
/// Who did what to what, from where: append-only, one chain for a database, whichever of its orchestrators writes. Requests to
/// <c>/api</c> that write are recorded by <see cref="AuditTrail"/>; whoever else acts for somebody (a sign-in, a sign-out, a refused
/// token) calls <see cref="RecordAsync"/> before it answers. An entry is on the disk when the call returns; when it throws, nothing was
/// recorded and the caller refuses what it was asked. A connection that breaks at the commit may leave an entry twice, never none.
/// </summary>
public sealed class AuditLog(IDbContextFactory<FlowsDb> databases, AuditSeal seal, AuditHead head, TimeProvider time)
{
    // Any number: the chain's own among PostgreSQL's advisory locks.
    private const long ChainLock = 7_210_011_904;
    private const int LongestText = 300;
    private const int LongestDetails = 4_000;

    private readonly SemaphoreSlim _writing = new(1);
    private readonly Lock _gate = new();
    private Waiting _next = new([], new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>Ends when the entry is on the disk. Entries that come at once share a transaction.</summary>
    public async Task RecordAsync(AuditEntry entry)
    {
        Waiting mine;
        lock (_gate) (mine = _next).Entries.Add(entry);
        await _writing.WaitAsync();
        try { await WriteAsync(mine); }
        finally { _writing.Release(); }
        await mine.Written.Task;
    }

    /// <summary>A change and its entry in one transaction: both or none.</summary>
    public async Task WithAsync(AuditEntry entry, Func<FlowsDb, Task> change, CancellationToken cancellation)
    {
        var row = await InTransactionAsync(async db =>
        {
            await change(db);
            return (await AppendAsync(db, [entry], cancellation))[^1];
        }, cancellation);
        head.Keep(row);
    }

    // Whoever comes first writes for all that came meanwhile.
    private async Task WriteAsync(Waiting mine)
    {
        lock (_gate)
        {
            if (_next != mine) return;
            _next = new Waiting([], new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        try
        {
            head.Keep((await InTransactionAsync(db => AppendAsync(db, mine.Entries, CancellationToken.None), CancellationToken.None))[^1]);
            mine.Written.SetResult();
        }
        catch (Exception broken) { mine.Written.SetException(broken); }
    }

    // What it reads is what others had committed when it got the lock: no snapshot from before.
    private async Task<T> InTransactionAsync<T>(Func<FlowsDb, Task<T>> work, CancellationToken cancellation)
    {
        await using var outer = await databases.CreateDbContextAsync(cancellation);
        return await outer.Database.CreateExecutionStrategy().ExecuteAsync(async token =>
        {
            await using var db = await databases.CreateDbContextAsync(token);
            await using var transaction = await db.Database.BeginTransactionAsync(token);
            if (db.IsShared) await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({ChainLock})", token);
            var done = await work(db);
            await transaction.CommitAsync(token);
            return done;
        }, cancellation);
    }

    private async Task<IReadOnlyList<AuditRow>> AppendAsync(FlowsDb db, IReadOnlyList<AuditEntry> entries, CancellationToken cancellation)
    {
        var last = await LastAsync(db, cancellation);
        var rows = new List<AuditRow>();
        foreach (var entry in entries)
        {
            var row = Row(entry, last);
            row.Hash = AuditChain.HashOf(row);
            row.Seal = seal.Of(row.Hash);
            rows.Add(row);
            last = new AuditMark(row.Seq, row.Hash);
        }
        db.AddRange(rows);
        await db.SaveChangesAsync(cancellation);
        return rows;
    }

    internal static async Task<AuditMark> LastAsync(FlowsDb db, CancellationToken cancellation) =>
        await db.Set<AuditRow>().OrderByDescending(row => row.Seq).Select(row => new AuditMark(row.Seq, row.Hash)).FirstOrDefaultAsync(cancellation)
        ?? await db.Set<AuditStubRow>().OrderByDescending(row => row.Seq).Select(row => new AuditMark(row.Seq, row.Hash)).FirstOrDefaultAsync(cancellation)
        ?? new AuditMark(0, AuditChain.Start);

    private AuditRow Row(AuditEntry entry, AuditMark last) => new()
    {
        Seq = last.Seq + 1,
        At = time.GetUtcNow(),
        Author = Plain(entry.Actor),
        Action = Plain(entry.Action),
        Kind = Plain(entry.Kind),
        Thing = Plain(entry.Thing),
        ProjectId = Plain(entry.ProjectId),
        Address = Plain(entry.Address),
        Status = entry.Status,
        Details = DetailsOf(entry.Details),
        Previous = last.Hash,
    };

    private static string DetailsOf(JsonObject? details) => details?.ToJsonString(ContractJson.Options) switch
    {
        null => "{}",
        { Length: > LongestDetails } => """{"details":"too long"}""",
        var text => text.Replace("\\u0000", "", StringComparison.Ordinal),
    };

    // One line of printable text: what somebody sends as a name stays in its field.
    internal static string Plain(string text)
    {
        var plain = new StringBuilder();
        foreach (var rune in OneLine.Of(text).EnumerateRunes())
        {
            if (plain.Length >= LongestText) return plain.Append('…').ToString();
            plain.Append(rune.ToString());
        }
        return plain.ToString();
    }

    private sealed record Waiting(List<AuditEntry> Entries, TaskCompletionSource Written);
}
