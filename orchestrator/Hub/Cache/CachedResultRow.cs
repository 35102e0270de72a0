using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Cache;

/// <summary>What a step gave, for later steps of the same key.</summary>
public sealed class CachedResultRow : OwnedRow
{
    /// <summary>SHA-256 of everything the result comes from, see <see cref="CacheKeys"/>.</summary>
    public required string Key { get; init; }

    public required string ActivityType { get; init; }

    public required string RunId { get; init; }

    /// <summary>The <see cref="Engine.StepResult"/> as JSON, without its inputs.</summary>
    public required string Result { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>To the day; a result that nobody takes is forgotten.</summary>
    public DateTimeOffset TakenAt { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<CachedResultRow>
    {
        public void Configure(EntityTypeBuilder<CachedResultRow> result)
        {
            result.ToTable("cached_results");
            result.HasKey(row => new { row.ProjectId, row.Key });
            result.HasIndex(row => row.TakenAt);
        }
    }
}
