using System.Security.Cryptography;
using System.Text;
using Flows.Contract.Secrets;
using Flows.Hub.Runners;
using Flows.Hub.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Secrets;

/// <summary>
/// Tells one value of a secret from another without saying anything about either: HMAC-SHA-256 under a key of this storage that is
/// itself encrypted. When the key ring is lost there is a new key, and nothing kept under the old one is found again.
/// </summary>
public sealed class SecretDigests(ISecrets secrets, IDbContextFactory<FlowsDb> databases, IDataProtectionProvider protection)
{
    private const string Row = "digests";

    private readonly Lazy<byte[]> _key = new(() => Key(databases, protection.CreateProtector("Flows.SecretDigests")));

    /// <summary>64 hex digits; empty when there is no such secret.</summary>
    public async Task<string> OfAsync(string projectId, string name, CancellationToken cancellation) =>
        await secrets.FindAsync(projectId, name, cancellation) is { } value ? Convert.ToHexStringLower(HMACSHA256.HashData(_key.Value, Encoding.UTF8.GetBytes(value))) : "";

    // Two orchestrators may come here at once: the first one's key is everybody's.
    private static byte[] Key(IDbContextFactory<FlowsDb> databases, IDataProtector protector)
    {
        using var db = databases.CreateDbContext();
        var made = protector.Protect(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        db.Database.ExecuteSql($"""INSERT INTO step_secrets ("Id", "Secret", "ProjectId", "Author") VALUES ({Row}, {made}, 'default', 'local') ON CONFLICT DO NOTHING""");
        var kept = db.Set<StepSecretRow>().AsNoTracking().Single(row => row.Id == Row).Secret;
        try { return Convert.FromHexString(protector.Unprotect(kept)); }
        catch (CryptographicException)
        {
            db.Set<StepSecretRow>().Where(row => row.Id == Row && row.Secret == kept).ExecuteUpdate(set => set.SetProperty(row => row.Secret, made));
            return Convert.FromHexString(protector.Unprotect(db.Set<StepSecretRow>().AsNoTracking().Single(row => row.Id == Row).Secret));
        }
    }
}
