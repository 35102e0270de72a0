using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Triggers;

/// <summary>What starts a published flow: one row for each thing that can happen (a method of a path, an event's name, a schedule).</summary>
public sealed class TriggerRow : OwnedRow
{
    public required string DefinitionId { get; init; }

    /// <summary>The published version.</summary>
    public required int Version { get; init; }

    public required string ActivityId { get; init; }

    public required string ActivityType { get; init; }

    /// <summary><see cref="Engine.Activities.Stimulus.KeysOf"/>: <c>get /path</c>, an event's name.</summary>
    public required string Key { get; init; }

    /// <summary>The activity's evaluated inputs as JSON.</summary>
    public required string Inputs { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<TriggerRow>
    {
        public void Configure(EntityTypeBuilder<TriggerRow> trigger)
        {
            trigger.ToTable("flow_triggers");
            trigger.HasKey(row => new { row.DefinitionId, row.ActivityId, row.Key });
            trigger.HasIndex(row => new { row.ActivityType, row.Key });
        }
    }
}
