using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.DataSets;

/// <summary>A name that points at one version of a data set, and may be moved.</summary>
public sealed class DataSetAliasRow : OwnedRow
{
    public required string Name { get; init; }

    public required string Alias { get; init; }

    public int Version { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<DataSetAliasRow>
    {
        public void Configure(EntityTypeBuilder<DataSetAliasRow> alias)
        {
            alias.ToTable("data_set_aliases");
            alias.HasKey(row => new { row.ProjectId, row.Name, row.Alias });
        }
    }
}
