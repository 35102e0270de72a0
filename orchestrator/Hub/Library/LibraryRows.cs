using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Library;

/// <summary>A flow that a project shares with everybody on the server: its versions stand beside it.</summary>
public sealed class LibraryFlowRow : OwnedRow, ISharedRow
{
    public required string Id { get; init; }

    /// <summary>The project's flow that it is shared from.</summary>
    public required string SourceId { get; init; }

    public string Name { get; set; } = "";

    public string Description { get; set; } = "";

    /// <summary>JSON array of texts.</summary>
    public string Tags { get; set; } = "[]";

    public bool IsComponent { get; set; }

    public string Category { get; set; } = "";

    public int LatestVersion { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<LibraryFlowRow>
    {
        public void Configure(EntityTypeBuilder<LibraryFlowRow> flow)
        {
            flow.ToTable("library_flows");
            flow.HasKey(row => row.Id);
            flow.HasIndex(row => row.SourceId).IsUnique();
        }
    }
}

/// <summary>One version of a shared flow, never changed once written.</summary>
public sealed class LibraryVersionRow : OwnedRow, ISharedRow
{
    public required string Id { get; init; }

    public required int Version { get; init; }

    public string Notes { get; init; } = "";

    /// <summary>JSON array of definitions: the flow, then those that it uses.</summary>
    public required string Json { get; init; }

    /// <summary>JSON array of their files, by digest.</summary>
    public required string Files { get; init; }

    public int Nodes { get; init; }

    public DateTimeOffset At { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<LibraryVersionRow>
    {
        public void Configure(EntityTypeBuilder<LibraryVersionRow> version)
        {
            version.ToTable("library_versions");
            version.HasKey(row => new { row.Id, row.Version });
        }
    }
}

/// <summary>A file of a shared flow as its version's row names it.</summary>
internal sealed record SharedFile(string DefinitionId, string Path, string Sha256);
