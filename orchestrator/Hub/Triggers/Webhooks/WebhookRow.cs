using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Triggers.Webhooks;

/// <summary>The address of a webhook: only a digest of its token, so that it can be shown once and never again.</summary>
public sealed class WebhookRow : OwnedRow
{
    public required string DefinitionId { get; init; }

    public required string ActivityId { get; init; }

    /// <summary>SHA-256 of the token.</summary>
    public required string TokenHash { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<WebhookRow>
    {
        public void Configure(EntityTypeBuilder<WebhookRow> webhook)
        {
            webhook.ToTable("webhooks");
            webhook.HasKey(row => new { row.DefinitionId, row.ActivityId });
            webhook.HasIndex(row => row.TokenHash).IsUnique();
        }
    }
}
