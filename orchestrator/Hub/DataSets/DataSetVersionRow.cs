using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.DataSets;

/// <summary>A version of a data set; never changed once written.</summary>
public sealed class DataSetVersionRow : OwnedRow
{
    public required string Name { get; init; }

    public int Version { get; init; }

    /// <summary>Null for one that was uploaded.</summary>
    public string? RunId { get; init; }

    public string? StepId { get; init; }

    public string Description { get; init; } = "";

    /// <summary>Digest of the data, so that its versions are found from it.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The whole reference, with size, rows and columns, as JSON.</summary>
    public required string Artifact { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<DataSetVersionRow>
    {
        public void Configure(EntityTypeBuilder<DataSetVersionRow> version)
        {
            version.ToTable("data_set_versions");
            version.HasKey(row => new { row.ProjectId, row.Name, row.Version });
            version.HasIndex(row => row.Sha256);
            version.HasIndex(row => new { row.RunId, row.StepId });
        }
    }
}
