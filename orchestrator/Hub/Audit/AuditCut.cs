using Flows.Hub.Web;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Audit;

/// <summary>Takes old rows away when somebody says so, and only then: a sealed stub stands for them, and the cut itself is a row of the log.</summary>
public sealed class AuditCut(AuditLog audit, AuditVerification verification, AuditSeal seal, TimeProvider time)
{
    /// <exception cref="RequestFault">409: the log is damaged, which a cut would hide; 400: there is nothing that old.</exception>
    public async Task<AuditStub> CutAsync(DateTimeOffset before, AuditedRequest request, CancellationToken cancellation)
    {
        if (await verification.VerifyAsync(null, cancellation) is { Damage: not null } damaged)
            throw new RequestFault($"The log is damaged, and a cut would hide that. {damaged.Message}", StatusCodes.Status409Conflict);
        AuditStub? stub = null;
        request.Note("before", before.ToString("O"));
        await audit.WithAsync(request.Entry(StatusCodes.Status200OK), async db =>
        {
            var last = await db.Set<AuditRow>().Where(row => row.At < before).OrderByDescending(row => row.Seq).Select(row => new AuditMark(row.Seq, row.Hash)).FirstOrDefaultAsync(cancellation)
                ?? throw new RequestFault($"No row is older than {before:u}.");
            db.Add(new AuditStubRow { Seq = last.Seq, Hash = last.Hash, At = time.GetUtcNow(), Seal = seal.Of(last.ToString()), Author = request.Entry(StatusCodes.Status200OK).Actor });
            await db.SaveChangesAsync(cancellation);
            stub = new AuditStub(last.Seq, last.Hash, await db.Set<AuditRow>().Where(row => row.Seq <= last.Seq).ExecuteDeleteAsync(cancellation));
        }, cancellation);
        return stub!;
    }
}
