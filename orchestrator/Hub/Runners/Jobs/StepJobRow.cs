using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Runners;

/// <summary><c>Waiting</c> for a place; <c>Placed</c> at a runner; <c>Cancelling</c>: the runner has not confirmed yet that its processes are dead; <c>Lost</c> too often, and given up; <c>Told</c>: its result is on its way to the run's journal, as a letter.</summary>
public enum JobState { Waiting, Placed, Cancelling, Lost, Told }

/// <summary>
/// A step that is a job, from the moment it is dispatched until its result is in its run's journal. A placed job takes a place
/// at its runner and, if it has a concurrency key, a slot of that key: both are gone when the row is.
/// </summary>
public sealed class StepJobRow : OwnedRow, ISharedRow
{
    /// <summary>Run and step: <c>RUN/3</c>. A step has one job at a time.</summary>
    public required string Id { get; init; }

    public required string RunId { get; init; }

    public required int Step { get; init; }

    public int Attempt { get; set; }

    public required string DefinitionId { get; init; }

    public required string ActivityId { get; init; }

    /// <summary>The activity's JSON.</summary>
    public string Activity { get; set; } = "";

    /// <summary>Evaluated inputs as JSON.</summary>
    public string Inputs { get; set; } = "";

    /// <summary>Labels that its runner must have, separated by commas.</summary>
    public string Labels { get; set; } = "";

    public int Priority { get; set; }

    public string? ConcurrencyKey { get; set; }

    public int ConcurrencyLimit { get; set; }

    public JobState State { get; set; }

    public string? Runner { get; set; }

    /// <summary>The process of that runner: one that was started again has lost what the earlier one had.</summary>
    public string? Session { get; set; }

    /// <summary>Jobs that were given together and follow each other in one place of the runner.</summary>
    public string? Chunk { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? PlacedAt { get; set; }

    /// <summary>How often what carried it out was killed.</summary>
    public int Losses { get; set; }

    public JobKey Key => new(RunId, Step, Attempt);

    private sealed class Configuration : IEntityTypeConfiguration<StepJobRow>
    {
        public void Configure(EntityTypeBuilder<StepJobRow> job)
        {
            job.ToTable("step_jobs");
            job.HasKey(row => row.Id);
            job.Ignore(row => row.Key);
            job.HasIndex(row => new { row.State, row.Runner });
            job.HasIndex(row => row.RunId);
        }
    }
}
