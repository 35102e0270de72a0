using Flows.Contract.Runs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Runs;

/// <summary>A run in the list. While it lives the journal is the truth; at its end the whole record is kept here.</summary>
public sealed class RunRow : OwnedRow
{
    /// <summary>Sorts by time of creation.</summary>
    public required string Id { get; init; }

    public required string DefinitionId { get; init; }

    public string Name { get; init; } = "";

    public int Version { get; init; }

    /// <summary>SHA-256 of the definition that it runs: a run keeps the version it started with.</summary>
    public required string DefinitionDigest { get; init; }

    /// <summary>The <see cref="RunRequest"/> as JSON.</summary>
    public required string Request { get; init; }

    public RunStatus Status { get; set; }

    public RunSubStatus SubStatus { get; set; }

    public string Trigger { get; init; } = "manual";

    /// <summary>The run that started it.</summary>
    public string? ParentRunId { get; init; }

    public string? CorrelationId { get; set; }

    /// <summary>SHA-256 of the run's narrow token.</summary>
    public required string TokenHash { get; init; }

    /// <summary>The orchestrator that has the run; null while none has it.</summary>
    public string? OwnerId { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>The record as JSON once the run is finished.</summary>
    public string? Record { get; set; }

    public RunSummary ToSummary() => new(Id, DefinitionId, Name, Version, Status, SubStatus)
    {
        CreatedAt = CreatedAt,
        FinishedAt = FinishedAt,
        Author = Author,
        Trigger = Trigger,
        ParentRunId = ParentRunId,
    };

    private sealed class Configuration : IEntityTypeConfiguration<RunRow>
    {
        public void Configure(EntityTypeBuilder<RunRow> run)
        {
            run.ToTable("runs");
            run.HasKey(row => row.Id);
            run.HasIndex(row => new { row.DefinitionId, row.Id });
            run.HasIndex(row => row.ParentRunId);
            run.HasIndex(row => row.CorrelationId);
            run.HasIndex(row => new { row.Status, row.FinishedAt });
            run.HasIndex(row => new { row.Status, row.OwnerId });
        }
    }
}

/// <summary>A definition as some run started with it, by the SHA-256 of its JSON.</summary>
public sealed class RunDefinitionRow : OwnedRow, ISharedRow
{
    public required string Digest { get; init; }

    public required string Json { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<RunDefinitionRow>
    {
        public void Configure(EntityTypeBuilder<RunDefinitionRow> definition)
        {
            definition.ToTable("run_definitions");
            definition.HasKey(row => row.Digest);
        }
    }
}

/// <summary>
/// Which version of another flow stands behind a name that a run used (workflow as activity): a run that is replayed
/// finds the same graph, whatever was published since.
/// </summary>
public sealed class RunChildRow : OwnedRow
{
    public required string RunId { get; init; }

    /// <summary>Definition id or activity type, as the flow names it.</summary>
    public required string Name { get; init; }

    /// <summary>The version asked for; 0 for whatever is published.</summary>
    public required int Version { get; init; }

    /// <summary>SHA-256 of the definition that was found; null when there was none.</summary>
    public string? DefinitionDigest { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<RunChildRow>
    {
        public void Configure(EntityTypeBuilder<RunChildRow> child)
        {
            child.ToTable("run_children");
            child.HasKey(row => new { row.RunId, row.Name, row.Version });
        }
    }
}
