using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Runs;

/// <summary>An event on its way to a run, kept until the run's journal has it.</summary>
public sealed class RunMailRow : OwnedRow, ISharedRow
{
    /// <summary>Events of one run are handed over in this order.</summary>
    public long Id { get; init; }

    public required string RunId { get; init; }

    /// <summary>The <see cref="Engine.RunEvent"/> as JSON.</summary>
    public required string Event { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<RunMailRow>
    {
        public void Configure(EntityTypeBuilder<RunMailRow> mail)
        {
            mail.ToTable("run_mail");
            mail.HasKey(row => row.Id);
            mail.HasIndex(row => row.RunId);
        }
    }
}
