using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Starts;

/// <summary>A run that is to start once no more requests come.</summary>
public sealed class GatheredRow : OwnedRow
{
    public required string RunId { get; init; }

    public required string DefinitionId { get; init; }

    /// <summary>Requests of one flow and one window go together, as long as nobody has begun to start the run.</summary>
    public required string Window { get; init; }

    public DateTimeOffset FirstAt { get; init; }

    public DateTimeOffset DueAt { get; set; }

    public int Requests { get; set; }

    /// <summary>The last <see cref="Contract.Runs.RunRequest"/> as JSON.</summary>
    public required string Request { get; set; }

    /// <summary>Inputs of every request as a JSON list, when the flow wants them all.</summary>
    public string? All { get; set; }

    /// <summary>When somebody began to start it; null while requests are taken in.</summary>
    public DateTimeOffset? ClaimedAt { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<GatheredRow>
    {
        public void Configure(EntityTypeBuilder<GatheredRow> start)
        {
            start.ToTable("gathered_starts");
            start.HasKey(row => row.RunId);
            start.HasIndex(row => new { row.ProjectId, row.DefinitionId, row.Window });
            start.HasIndex(row => row.DueAt);
        }
    }
}
