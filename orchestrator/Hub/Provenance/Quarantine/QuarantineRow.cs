using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Provenance.Quarantine;

/// <summary>That a thing is not to be used, as it is bad or came of something that is.</summary>
public sealed class QuarantineRow : OwnedRow
{
    public required string Kind { get; init; }

    public required string ThingId { get; init; }

    /// <summary>Key of what is bad: this thing's own, or that of something it came from.</summary>
    public required string Cause { get; init; }

    public required string Reason { get; init; }

    public required DateTimeOffset At { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<QuarantineRow>
    {
        public void Configure(EntityTypeBuilder<QuarantineRow> quarantine)
        {
            quarantine.ToTable("quarantines");
            quarantine.HasKey(row => new { row.ProjectId, row.Kind, row.ThingId, row.Cause });
            quarantine.HasIndex(row => row.Cause);
        }
    }
}
