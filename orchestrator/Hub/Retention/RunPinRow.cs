using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Retention;

/// <summary>A run that somebody wants to be kept, whatever its age.</summary>
public sealed class RunPinRow : OwnedRow
{
    public required string RunId { get; init; }

    public DateTimeOffset At { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<RunPinRow>
    {
        public void Configure(EntityTypeBuilder<RunPinRow> pin)
        {
            pin.ToTable("run_pins");
            pin.HasKey(row => row.RunId);
        }
    }
}
