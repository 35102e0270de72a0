using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Orchestrators;

/// <summary>One process that owns runs, for as long as it says so. Times are the database's: no two machines' clocks are compared.</summary>
public sealed class OrchestratorRow : OwnedRow, ISharedRow
{
    /// <summary>Another one at each start.</summary>
    public required string Id { get; init; }

    /// <summary>Where the other orchestrators reach it.</summary>
    public string Url { get; set; } = "";

    /// <summary>Its data folder, of which one process is the owner: an earlier one of the same folder is dead.</summary>
    public required string Home { get; init; }

    public required string Machine { get; init; }

    /// <summary>Of the program.</summary>
    public required string Version { get; init; }

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset SeenAt { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<OrchestratorRow>
    {
        public void Configure(EntityTypeBuilder<OrchestratorRow> orchestrator)
        {
            orchestrator.ToTable("orchestrators");
            orchestrator.HasKey(row => row.Id);
        }
    }
}
