using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Triggers;

public enum FireState
{
    /// <summary>Its trigger has as many runs under way as it may.</summary>
    Waiting,

    /// <summary>Its run is to start: whoever sees this may do it, by the same id.</summary>
    Starting,

    /// <summary>Its run is under way.</summary>
    Started,

    /// <summary>Its run is over.</summary>
    Over,

    /// <summary>It goes with others into a run that starts once it is quiet.</summary>
    Gathered,

    /// <summary>No run could start.</summary>
    Refused,
}

/// <summary>Something that fired a trigger, once: written in the transaction that moves the trigger on, before its run starts.</summary>
public sealed class TriggerFireRow : OwnedRow
{
    public required string DefinitionId { get; init; }

    public required string ActivityId { get; init; }

    /// <summary>What fired it; the same again is no other fire.</summary>
    public required string Key { get; init; }

    public required string RunId { get; init; }

    /// <summary>When it happened or was due.</summary>
    public DateTimeOffset At { get; init; }

    public DateTimeOffset FiredAt { get; init; }

    public FireState State { get; set; }

    /// <summary>The <see cref="Contract.Runs.RunRequest"/> as JSON until its run has started.</summary>
    public string Request { get; set; } = "";

    /// <summary>What the run's record says started it.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Runs that started each other before it, in a row.</summary>
    public int Depth { get; init; }

    public string? Error { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<TriggerFireRow>
    {
        public void Configure(EntityTypeBuilder<TriggerFireRow> fire)
        {
            fire.ToTable("trigger_fires");
            fire.HasKey(row => new { row.DefinitionId, row.ActivityId, row.Key });
            fire.HasIndex(row => new { row.DefinitionId, row.ActivityId, row.State, row.At });
            fire.HasIndex(row => new { row.State, row.FiredAt });
            fire.HasIndex(row => row.RunId);
        }
    }
}
