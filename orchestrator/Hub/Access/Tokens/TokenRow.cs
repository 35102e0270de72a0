using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Access.Tokens;

/// <summary>An API token; its text is known to whoever made it alone.</summary>
public sealed class TokenRow : OwnedRow
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>SHA-256 of the token's text.</summary>
    public required string Digest { get; init; }

    /// <summary>Whose it is: it may never more than that person may. Null: the project's own, for a program.</summary>
    public string? PersonId { get; init; }

    public required Role Role { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>To the minute.</summary>
    public DateTimeOffset? UsedAt { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<TokenRow>
    {
        public void Configure(EntityTypeBuilder<TokenRow> token)
        {
            token.ToTable("tokens");
            token.HasKey(row => row.Id);
            token.HasIndex(row => row.Digest).IsUnique();
            token.HasIndex(row => row.PersonId);
        }
    }
}
