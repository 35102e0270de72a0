using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Triggers;

/// <summary>How a trigger stands: one row for each activity that starts a flow, kept while the flow is.</summary>
public sealed class TriggerStateRow : OwnedRow
{
    public required string DefinitionId { get; init; }

    public required string ActivityId { get; init; }

    public required string ActivityType { get; set; }

    /// <summary>The published version that it belongs to.</summary>
    public int Version { get; set; }

    /// <summary>A published version has it; else nothing fires it.</summary>
    public bool IsOn { get; set; }

    /// <summary>SHA-256 of type and evaluated inputs: with others it begins anew.</summary>
    public string Settings { get; set; } = "";

    /// <summary>Since when it is on with these settings; intervals count from here.</summary>
    public DateTimeOffset Since { get; set; }

    /// <summary>Counts changes of <see cref="NextAt"/> and <see cref="Cursor"/>: who changes them says which he saw.</summary>
    public long Revision { get; set; }

    /// <summary>When the clock fires it next.</summary>
    public DateTimeOffset? NextAt { get; set; }

    /// <summary>What was seen last of what it watches, as JSON; null before the first look.</summary>
    public string? Cursor { get; set; }

    /// <summary>The orchestrator that watches; null while none does.</summary>
    public string? WatcherId { get; set; }

    public DateTimeOffset? LastFiredAt { get; set; }

    /// <summary>When that happened, or was due.</summary>
    public DateTimeOffset? LastAt { get; set; }

    public string? LastRunId { get; set; }

    public long Fires { get; set; }

    public string? Error { get; set; }

    public DateTimeOffset? ErrorAt { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<TriggerStateRow>
    {
        public void Configure(EntityTypeBuilder<TriggerStateRow> state)
        {
            state.ToTable("trigger_states");
            state.HasKey(row => new { row.DefinitionId, row.ActivityId });
            state.HasIndex(row => new { row.IsOn, row.NextAt });
        }
    }
}
