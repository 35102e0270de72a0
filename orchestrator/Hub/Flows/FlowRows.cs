using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Flows;

/// <summary>A flow: its versions stand beside it.</summary>
public sealed class FlowRow : OwnedRow
{
    public required string DefinitionId { get; init; }

    public string Name { get; set; } = "";

    public string Description { get; set; } = "";

    /// <summary>Activity type of a flow that is usable as an activity: its name in Pascal case.</summary>
    public string ActivityType { get; set; } = "";

    public int LatestVersion { get; set; }

    public int? PublishedVersion { get; set; }

    /// <summary>Who published it last, itself or by publishing a flow that it follows: what its triggers start counts as theirs. Null for one that an older program published.</summary>
    public string? Publisher { get; set; }

    /// <summary>The published version whose triggers are in the index.</summary>
    public int? TriggersOf { get; set; }

    public int Nodes { get; set; }

    /// <summary>The flow on offer that it was installed from; null for one that was drawn here.</summary>
    public string? LibraryId { get; set; }

    /// <summary>The library's version that it was installed from, or updated to.</summary>
    public int? LibraryVersion { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<FlowRow>
    {
        public void Configure(EntityTypeBuilder<FlowRow> flow)
        {
            flow.ToTable("flows");
            flow.HasKey(row => row.DefinitionId);
            flow.HasIndex(row => row.ActivityType);
            flow.HasIndex(row => row.LibraryId);
        }
    }
}

/// <summary>One version of a flow: a draft until it is published, immutable from then on.</summary>
public sealed class FlowVersionRow : OwnedRow
{
    public required string DefinitionId { get; init; }

    public required int Version { get; init; }

    /// <summary>The version's own id, by which a flow that uses it as an activity may name it.</summary>
    public string VersionId { get; set; } = "";

    public required string Json { get; set; }

    /// <summary>SHA-256 of <see cref="Json"/>: the ETag.</summary>
    public required string Digest { get; set; }

    public bool IsPublished { get; set; }

    public DateTimeOffset At { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<FlowVersionRow>
    {
        public void Configure(EntityTypeBuilder<FlowVersionRow> version)
        {
            version.ToTable("flow_versions");
            version.HasKey(row => new { row.DefinitionId, row.Version });
            version.HasIndex(row => row.VersionId);
        }
    }
}
