using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Records;

/// <summary>What is recorded of one attempt of a step; never changed once written, and removed with its run alone.</summary>
public sealed class AttemptRow : OwnedRow
{
    public required string RunId { get; init; }

    public required string StepId { get; init; }

    public required int Attempt { get; init; }

    public required string ActivityId { get; init; }

    /// <summary>The <see cref="Contract.Provenance.AttemptRecord"/> as JSON.</summary>
    public required string Record { get; init; }

    public DateTimeOffset At { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<AttemptRow>
    {
        public void Configure(EntityTypeBuilder<AttemptRow> attempt)
        {
            attempt.ToTable("attempt_records");
            attempt.HasKey(row => new { row.RunId, row.StepId, row.Attempt });
        }
    }
}

/// <summary>How an attempt used an artifact.</summary>
public enum ArtifactUse
{
    Input,
    Output,

    /// <summary>A file that its settings name.</summary>
    File,

    /// <summary>The snapshot of its script, or the patch of the working tree that the script came from.</summary>
    Code,

    /// <summary>Packages or archive of what it ran in.</summary>
    Environment,

    /// <summary>A file that it read undeclared: its digest, whether it is stored or not.</summary>
    StrayRead,

    StrayWrite,
}

/// <summary>Which attempts used a digest: the way from an artifact forwards and backwards.</summary>
public sealed class AttemptArtifactRow : OwnedRow
{
    public required string Sha256 { get; init; }

    public required string RunId { get; init; }

    public required string StepId { get; init; }

    public required int Attempt { get; init; }

    public required ArtifactUse Use { get; init; }

    /// <summary>Port, or path of a file.</summary>
    public required string Name { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<AttemptArtifactRow>
    {
        public void Configure(EntityTypeBuilder<AttemptArtifactRow> artifact)
        {
            artifact.ToTable("attempt_artifacts");
            artifact.HasKey(row => new { row.Sha256, row.RunId, row.StepId, row.Attempt, row.Use, row.Name });
            artifact.HasIndex(row => row.RunId);
        }
    }
}
