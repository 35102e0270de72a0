using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Flows;

/// <summary>Which artifact a path of a flow holds now.</summary>
public sealed class FlowFileRow : OwnedRow
{
    public required string DefinitionId { get; init; }

    public required string Path { get; init; }

    public string Sha256 { get; set; } = "";

    /// <summary>Bytes.</summary>
    public long Size { get; set; }

    public DateTimeOffset At { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<FlowFileRow>
    {
        public void Configure(EntityTypeBuilder<FlowFileRow> file)
        {
            file.ToTable("flow_files");
            file.HasKey(row => new { row.DefinitionId, row.Path });
            file.HasIndex(row => row.Sha256);
        }
    }
}
