using System.Security.Cryptography;
using System.Text;
using Flows.Hub.Access.People;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Access.SigningIn;

/// <summary>A code that stands in for its owner's authenticator app, once: the row goes with its use.</summary>
public sealed class RecoveryCodeRow : OwnedRow, ISharedRow
{
    public required string PersonId { get; init; }

    /// <summary>SHA-256 of the code without dashes.</summary>
    public required string Digest { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<RecoveryCodeRow>
    {
        public void Configure(EntityTypeBuilder<RecoveryCodeRow> code)
        {
            code.ToTable("recovery_codes");
            code.HasKey(row => new { row.PersonId, row.Digest });
        }
    }
}

/// <summary>Ten codes for whoever lost the phone. 79 random bits each cannot be guessed, and their SHA-256 needs no salt.</summary>
public sealed class RecoveryCodes(IDbContextFactory<FlowsDb> databases)
{
    public const int Count = 10;

    /// <summary>Makes ten; earlier ones count no more.</summary>
    public async Task<IReadOnlyList<string>> NewAsync(PersonRow person, CancellationToken cancellation)
    {
        string[] codes = [.. Enumerable.Range(0, Count).Select(_ => SpokenCode.New(groups: 4, letters: 4))];
        await using var db = await databases.CreateDbContextAsync(cancellation);
        db.RemoveRange(await db.Set<RecoveryCodeRow>().Where(row => row.PersonId == person.Id).ToListAsync(cancellation));
        db.AddRange(codes.Select(code => new RecoveryCodeRow { PersonId = person.Id, Digest = DigestOf(code) }));
        await db.SaveChangesAsync(cancellation);
        return codes;
    }

    public async Task<int> LeftAsync(string personId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<RecoveryCodeRow>().CountAsync(row => row.PersonId == personId, cancellation);
    }

    public async Task ForgetAsync(PersonRow person)
    {
        await using var db = await databases.CreateDbContextAsync();
        await db.Set<RecoveryCodeRow>().Where(row => row.PersonId == person.Id).ExecuteDeleteAsync();
    }

    /// <summary>Of two requests with one code, one has it.</summary>
    public async Task<bool> TakeAsync(PersonRow person, string code)
    {
        var digest = DigestOf(code);
        await using var db = await databases.CreateDbContextAsync();
        return await db.Set<RecoveryCodeRow>().Where(row => row.PersonId == person.Id && row.Digest == digest).ExecuteDeleteAsync() == 1;
    }

    private static string DigestOf(string code) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(SpokenCode.Plain(code))));
}
