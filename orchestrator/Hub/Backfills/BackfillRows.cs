using Flows.Contract.Backfills;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Backfills;

/// <summary>A backfill as it was asked for, and how it stands.</summary>
public sealed class BackfillRow : OwnedRow
{
    /// <summary>Sorts by time of creation.</summary>
    public required string Id { get; init; }

    public required string DefinitionId { get; init; }

    public string Name { get; init; } = "";

    /// <summary>The <see cref="BackfillRequest"/> as JSON.</summary>
    public required string Request { get; init; }

    public BackfillState State { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; set; }

    public string? Problem { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<BackfillRow>
    {
        public void Configure(EntityTypeBuilder<BackfillRow> backfill)
        {
            backfill.ToTable("backfills");
            backfill.HasKey(row => row.Id);
            backfill.HasIndex(row => row.State);
        }
    }
}

/// <summary>One run of a backfill. Its run's id is written down before the run is started.</summary>
public sealed class BackfillCellRow : OwnedRow
{
    public required string BackfillId { get; init; }

    /// <summary>Runs start in this order.</summary>
    public int Number { get; init; }

    public int Partition { get; init; }

    public int Variant { get; init; }

    public CellState State { get; set; }

    public string? RunId { get; set; }

    /// <summary>The run is known to be there.</summary>
    public bool IsStarted { get; set; }

    public DateTimeOffset? ClaimedAt { get; set; }

    public int Tries { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<BackfillCellRow>
    {
        public void Configure(EntityTypeBuilder<BackfillCellRow> cell)
        {
            cell.ToTable("backfill_cells");
            cell.HasKey(row => new { row.BackfillId, row.Number });
            cell.HasIndex(row => new { row.BackfillId, row.State, row.Number });
            cell.HasIndex(row => new { row.BackfillId, row.Partition, row.Variant });
            cell.HasIndex(row => row.RunId);
        }
    }
}
