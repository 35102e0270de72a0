using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Provenance.Lineage;

/// <summary>An OpenLineage event that another program sent, as it came.</summary>
public sealed class LineageEventRow : OwnedRow
{
    public long Seq { get; init; }

    /// <summary>SHA-256 of the event: one that is sent again is kept once.</summary>
    public required string Digest { get; init; }

    /// <summary>START, RUNNING, COMPLETE, ABORT, FAIL or OTHER; empty for an event of a job or a data set alone.</summary>
    public required string Type { get; init; }

    /// <summary>The run's UUID; empty where there is none.</summary>
    public required string RunId { get; init; }

    /// <summary>The job's namespace and name, with a space between.</summary>
    public required string Job { get; init; }

    /// <summary>When it happened, as the event says.</summary>
    public DateTimeOffset At { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    public required string Json { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<LineageEventRow>
    {
        public void Configure(EntityTypeBuilder<LineageEventRow> happened)
        {
            happened.ToTable("lineage_events");
            happened.HasKey(row => row.Seq);
            happened.HasIndex(row => new { row.ProjectId, row.Digest }).IsUnique();
            happened.HasIndex(row => row.Job);
        }
    }
}

/// <summary>Runs whose events are still to be sent to the endpoint that is configured.</summary>
public sealed class LineageOutboxRow : OwnedRow
{
    public required string RunId { get; init; }

    public int Attempts { get; set; }

    public DateTimeOffset DueAt { get; set; }

    /// <summary>Why the last attempt failed.</summary>
    public string? Problem { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<LineageOutboxRow>
    {
        public void Configure(EntityTypeBuilder<LineageOutboxRow> waiting)
        {
            waiting.ToTable("lineage_outbox");
            waiting.HasKey(row => row.RunId);
            waiting.HasIndex(row => row.DueAt);
        }
    }
}
