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

    /// <summary>The run's UUID in lower case; empty where there is none.</summary>
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
            happened.HasIndex(row => row.RunId);
        }
    }
}

/// <summary>That a run of another program read or wrote something, as its events say: the way from data to those runs and back.</summary>
public sealed class LineageUseRow : OwnedRow
{
    /// <summary>Namespace and name, with a space between.</summary>
    public required string Data { get; init; }

    /// <summary>The run's UUID; for a job without runs its namespace and name.</summary>
    public required string Run { get; init; }

    public bool IsOutput { get; init; }

    /// <summary>The data's version, where the events say one.</summary>
    public string? Version { get; init; }

    /// <summary>Of the last event that said so.</summary>
    public DateTimeOffset At { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<LineageUseRow>
    {
        public void Configure(EntityTypeBuilder<LineageUseRow> use)
        {
            use.ToTable("lineage_uses");
            use.HasKey(row => new { row.ProjectId, row.Data, row.Run, row.IsOutput });
            use.HasIndex(row => row.Run);
        }
    }
}

/// <summary>Runs whose events are still to be sent to the endpoint that is configured: from their start until their end was told.</summary>
public sealed class LineageOutboxRow : OwnedRow
{
    public required string RunId { get; init; }

    /// <summary>The endpoint knows that it began.</summary>
    public bool IsBegun { get; set; }

    public int Attempts { get; set; }

    /// <summary>Far in the future while the run goes on and there is nothing to tell.</summary>
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
