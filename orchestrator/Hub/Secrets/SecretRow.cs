using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Secrets;

/// <summary>A project's secret; its author is who wrote the value last.</summary>
public sealed class SecretRow : OwnedRow
{
    public required string Name { get; init; }

    /// <summary>The value, encrypted for this project and name: in another row it cannot be read.</summary>
    public required string Sealed { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ChangedAt { get; set; }

    /// <summary>To the minute.</summary>
    public DateTimeOffset? UsedAt { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<SecretRow>
    {
        public void Configure(EntityTypeBuilder<SecretRow> secret)
        {
            secret.ToTable("secrets");
            secret.HasKey(row => new { row.ProjectId, row.Name });
        }
    }
}
