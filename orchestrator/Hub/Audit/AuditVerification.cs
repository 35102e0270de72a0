using System.Text.Json;
using Flows.Contract.Audit;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Audit;

/// <summary>
/// Goes over the whole chain and names the first row that is not as it was written. What it cannot see: rows after the newest head that is
/// known (the last moment before a crash), and a log that was written anew, with the head file, by somebody who has data folder and key ring;
/// a head that was kept elsewhere shows that too.
/// </summary>
public sealed class AuditVerification(IDbContextFactory<FlowsDb> databases, AuditSeal seal, AuditHead head)
{
    private const int Batch = 1000;

    /// <param name="kept">A head that was kept elsewhere.</param>
    public async Task<AuditVerdict> VerifyAsync(AuditMark? kept, CancellationToken cancellation)
    {
        AuditMark? written;
        // Before the rows: those that come meanwhile are no fault.
        try { written = head.Read(); }
        catch (JsonException) { return new AuditVerdict(0, "0:" + AuditChain.Start) { Damage = AuditDamage.CutOff, Message = "The file audit-head.json in the data folder cannot be read: what the log's end was is not known." }; }
        var marks = new[] { written, kept }.OfType<AuditMark>().ToList();

        await using var db = await databases.CreateDbContextAsync(cancellation);
        var stub = await db.Set<AuditStubRow>().AsNoTracking().OrderByDescending(row => row.Seq).FirstOrDefaultAsync(cancellation);
        if (stub is not null && !seal.Fits($"{stub.Seq}:{stub.Hash}", stub.Seal)) return Damaged(0, new AuditMark(0, AuditChain.Start), stub.Seq, AuditDamage.Foreign, "no server wrote the stub that stands for the rows up to it");
        var last = stub is null ? new AuditMark(0, AuditChain.Start) : new AuditMark(stub.Seq, stub.Hash);
        var rows = 0L;
        for (List<AuditRow> batch; (batch = await NextAsync(db, last.Seq, cancellation)).Count > 0;)
        {
            foreach (var row in batch)
            {
                if (Fault(row, last, marks) is { } fault) return fault with { Rows = rows, Head = last.ToString() };
                (last, rows) = (new AuditMark(row.Seq, row.Hash), rows + 1);
            }
        }
        return marks.FirstOrDefault(mark => mark.Seq > last.Seq) is { } gone
            ? Damaged(rows, last, last.Seq + 1, AuditDamage.CutOff, $"the log ends with row {last.Seq}, but row {gone.Seq} was written")
            : new AuditVerdict(rows, last.ToString());
    }

    private static Task<List<AuditRow>> NextAsync(FlowsDb db, long after, CancellationToken cancellation) =>
        db.Set<AuditRow>().AsNoTracking().Where(row => row.Seq > after).OrderBy(row => row.Seq).Take(Batch).ToListAsync(cancellation);

    private AuditVerdict? Fault(AuditRow row, AuditMark last, List<AuditMark> marks)
    {
        if (row.Seq != last.Seq + 1) return Damaged(0, last, last.Seq + 1, AuditDamage.Missing, $"the next row is {row.Seq}");
        if (AuditChain.HashOf(row) != row.Hash) return Damaged(0, last, row.Seq, AuditDamage.Changed, "its hash is not that of what it says: it was changed, or moved here from another place");
        if (row.Previous != last.Hash) return Damaged(0, last, row.Seq, AuditDamage.Changed, "it does not follow the row before: it was moved here, or others were taken away or put in between");
        if (!seal.Fits(row.Hash, row.Seal)) return Damaged(0, last, row.Seq, AuditDamage.Foreign, "no server with this key ring wrote it");
        if (marks.Any(mark => mark.Seq == row.Seq && mark.Hash != row.Hash)) return Damaged(0, last, row.Seq, AuditDamage.Changed, "another row was written in its place");
        return null;
    }

    private static AuditVerdict Damaged(long rows, AuditMark last, long seq, AuditDamage damage, string how) =>
        new(rows, last.ToString()) { Seq = seq, Damage = damage, Message = $"Row {seq} is {damage switch { AuditDamage.Changed => "not as it was written", AuditDamage.Missing => "missing", AuditDamage.Foreign => "foreign", _ => "missing at the end" }}: {how}." };
}
