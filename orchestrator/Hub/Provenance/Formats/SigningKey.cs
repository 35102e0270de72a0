using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Hub.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Provenance.Formats;

/// <summary>A key that this storage's servers sign with. Its private half is encrypted with their key ring.</summary>
public sealed class SigningKeyRow : OwnedRow, ISharedRow
{
    /// <summary>What it signs: one key for each use.</summary>
    public required string Use { get; init; }

    /// <summary>SHA-256 of the public half (SubjectPublicKeyInfo, DER), as hex.</summary>
    public required string KeyId { get; init; }

    /// <summary>The public half as PEM.</summary>
    public required string Public { get; init; }

    /// <summary>The private half (PKCS 8), encrypted.</summary>
    public required string Sealed { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<SigningKeyRow>
    {
        public void Configure(EntityTypeBuilder<SigningKeyRow> key)
        {
            key.ToTable("signing_keys");
            key.HasKey(row => row.Use);
        }
    }
}

/// <summary>
/// Signs statements as DSSE v1 (github.com/secure-systems-lab/dsse) by ECDSA over P-256 and SHA-256, the signature in DER. The key is
/// made by the first server of a storage that needs it, and is every server's of that storage.
/// </summary>
internal sealed class SigningKey(IDbContextFactory<FlowsDb> databases, IDataProtectionProvider protection, TimeProvider time)
{
    public const string PayloadType = "application/vnd.in-toto+json";

    private const string Use = "provenance";

    private readonly IDataProtector _protector = protection.CreateProtector("Flows.Provenance.Signing");

    /// <summary>The public half as PEM.</summary>
    public async Task<string> PublicAsync(CancellationToken cancellation) => (await RowAsync(cancellation)).Public;

    /// <summary>An envelope around a statement, signed.</summary>
    public async Task<DsseEnvelope> SignAsync(JsonObject statement, CancellationToken cancellation)
    {
        var (row, payload) = (await RowAsync(cancellation), Encoding.UTF8.GetBytes(statement.ToJsonString(ContractJson.Options)));
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(_protector.Unprotect(Convert.FromBase64String(row.Sealed)), out _);
        var signature = key.SignData(Encoded(PayloadType, payload), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return new DsseEnvelope(PayloadType, Convert.ToBase64String(payload), [new DsseSignature(row.KeyId, Convert.ToBase64String(signature))]);
    }

    /// <summary>DSSE's pre-authentication encoding: what is signed says its type and its length.</summary>
    internal static byte[] Encoded(string type, byte[] payload) =>
        [.. Encoding.UTF8.GetBytes($"DSSEv1 {Encoding.UTF8.GetByteCount(type)} {type} {payload.Length} "), .. payload];

    private async Task<SigningKeyRow> RowAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.Set<SigningKeyRow>().AsNoTracking().FirstOrDefaultAsync(row => row.Use == Use, cancellation) is { } known) return known;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (id, open, hidden, now) = (Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo())), key.ExportSubjectPublicKeyInfoPem() + "\n", Convert.ToBase64String(_protector.Protect(key.ExportPkcs8PrivateKey())), time.GetUtcNow().UtcTicks);
        // Another server may make one at this moment: the first is everybody's.
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO signing_keys ("Use", "KeyId", "Public", "Sealed", "CreatedAt", "ProjectId", "Author") VALUES ({Use}, {id}, {open}, {hidden}, {now}, {Sight.Everything.ProjectId}, {Sight.Everything.Author}) ON CONFLICT DO NOTHING
            """, cancellation);
        return await db.Set<SigningKeyRow>().AsNoTracking().SingleAsync(row => row.Use == Use, cancellation);
    }
}

/// <summary>DSSE v1: a payload, base64, of a type, and who signed both.</summary>
public sealed record DsseEnvelope(string PayloadType, string Payload, IReadOnlyList<DsseSignature> Signatures);

/// <param name="Keyid">Which key: <see cref="SigningKeyRow.KeyId"/>.</param>
/// <param name="Sig">Base64.</param>
public sealed record DsseSignature(string Keyid, string Sig);
