using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.DataSets;

/// <summary>How long versions of a data set are kept; without a row, for ever.</summary>
public sealed class DataSetRetentionRow : OwnedRow
{
    public required string Name { get; init; }

    /// <summary>Newest versions that are kept whatever their age, from 1.</summary>
    public int KeepVersions { get; set; }

    /// <summary>Days for which every version is kept, from 0.</summary>
    public int KeepDays { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<DataSetRetentionRow>
    {
        public void Configure(EntityTypeBuilder<DataSetRetentionRow> retention)
        {
            retention.ToTable("data_set_retention");
            retention.HasKey(row => new { row.ProjectId, row.Name });
        }
    }
}
