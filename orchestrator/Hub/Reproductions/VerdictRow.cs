using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Reproductions;

/// <summary>Whether a run was made again.</summary>
public sealed class VerdictRow : OwnedRow
{
    public required string RunId { get; init; }

    public required string ReproductionId { get; init; }

    /// <summary>The <see cref="Contract.Provenance.RunVerdict"/> as JSON.</summary>
    public required string Verdict { get; init; }

    public DateTimeOffset At { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<VerdictRow>
    {
        public void Configure(EntityTypeBuilder<VerdictRow> verdict)
        {
            verdict.ToTable("run_verdicts");
            verdict.HasKey(row => new { row.RunId, row.ReproductionId });
        }
    }
}
