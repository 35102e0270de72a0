using System.Security.Cryptography;
using Flows.Contract.Activities;
using Flows.Hub.Audit;
using Flows.Hub.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Secrets;

/// <summary>Secrets that are kept here, encrypted; each change is in the audit log in the same transaction.</summary>
public sealed class SecretStore(IDbContextFactory<FlowsDb> databases, IDataProtectionProvider protection, AuditLog audit, TimeProvider time)
{
    // A row that every step reads is not written by every one.
    private static readonly TimeSpan UsePace = TimeSpan.FromMinutes(1);

    public async Task<IReadOnlyList<SecretRow>> ListAsync(string project, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<SecretRow>().AsNoTracking().Where(row => row.ProjectId == project).OrderBy(row => row.Name).ToListAsync(cancellation);
    }

    /// <summary>Which of the names are there.</summary>
    public IReadOnlySet<string> Known(string project, IReadOnlyCollection<string> names)
    {
        using var db = databases.CreateDbContext();
        return db.Set<SecretRow>().Where(row => row.ProjectId == project && names.Contains(row.Name)).Select(row => row.Name).ToHashSet();
    }

    /// <summary>The value, which counts as used; null when there is none.</summary>
    /// <exception cref="ActivityFault">The keys that it was encrypted with are gone.</exception>
    public async Task<string?> OpenAsync(string project, string name, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.Set<SecretRow>().AsNoTracking().FirstOrDefaultAsync(row => row.ProjectId == project && row.Name == name, cancellation) is not { } row) return null;
        var value = Unsealed(row);
        var now = time.GetUtcNow();
        if (row.UsedAt is not { } used || now - used >= UsePace)
            await db.Set<SecretRow>().Where(one => one.ProjectId == project && one.Name == name).ExecuteUpdateAsync(set => set.SetProperty(one => one.UsedAt, now), cancellation);
        return value;
    }

    public Task PutAsync(string project, string name, string value, AuditEntry entry, CancellationToken cancellation) => audit.WithAsync(entry, async db =>
    {
        var (now, locked) = (time.GetUtcNow(), Protector(project, name).Protect(value));
        var row = await db.Set<SecretRow>().FirstOrDefaultAsync(one => one.ProjectId == project && one.Name == name, cancellation);
        if (row is null) db.Add(row = new SecretRow { ProjectId = project, Name = name, Sealed = locked, CreatedAt = now });
        (row.Sealed, row.ChangedAt, row.Author) = (locked, now, entry.Actor);
    }, cancellation);

    /// <summary>False when there is none.</summary>
    public async Task<bool> DeleteAsync(string project, string name, AuditEntry entry, CancellationToken cancellation)
    {
        if (Known(project, [name]).Count == 0) return false;
        await audit.WithAsync(entry, db => db.Set<SecretRow>().Where(row => row.ProjectId == project && row.Name == name).ExecuteDeleteAsync(cancellation), cancellation);
        return true;
    }

    private string Unsealed(SecretRow row)
    {
        try { return Protector(row.ProjectId, row.Name).Unprotect(row.Sealed); }
        catch (CryptographicException) { throw new ActivityFault($"The secret '{row.Name}' cannot be read any more: the keys that it was encrypted with are gone. Write its value anew."); }
    }

    private IDataProtector Protector(string project, string name) => protection.CreateProtector("Flows.Secrets", project, name);
}
