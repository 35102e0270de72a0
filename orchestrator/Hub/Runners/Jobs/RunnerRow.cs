using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Runners;

/// <summary><c>Draining</c> finishes what it has and takes nothing new; <c>Gone</c> has not been heard of for too long.</summary>
public enum RunnerStatus { Online, Draining, Gone }

/// <summary>A runner that has registered.</summary>
public sealed class RunnerRow : OwnedRow, ISharedRow
{
    public required string Name { get; init; }

    /// <summary>New with every process of the runner.</summary>
    public string Session { get; set; } = "";

    /// <summary>Machine and work folder of that process; empty when it does not say. See <see cref="RunnerHome"/>.</summary>
    public string Home { get; set; } = "";

    /// <summary>Separated by commas.</summary>
    public string Labels { get; set; } = "";

    /// <summary>Steps at once.</summary>
    public int Capacity { get; set; }

    /// <summary>Listens to its queue; else it is given its jobs with the answers to its heartbeats.</summary>
    public bool HasQueue { get; set; }

    public RunnerStatus Status { get; set; }

    /// <summary>Counts heartbeats, so that silence is measured by the observer's clock alone.</summary>
    public long Beat { get; set; }

    public DateTimeOffset SeenAt { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<RunnerRow>
    {
        public void Configure(EntityTypeBuilder<RunnerRow> runner)
        {
            runner.ToTable("runners");
            runner.HasKey(row => row.Name);
        }
    }
}

/// <summary>What signs the tokens of steps; the same for all orchestrators of one storage.</summary>
public sealed class StepSecretRow : OwnedRow, ISharedRow
{
    public required string Id { get; init; }

    public required string Secret { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<StepSecretRow>
    {
        public void Configure(EntityTypeBuilder<StepSecretRow> secret)
        {
            secret.ToTable("step_secrets");
            secret.HasKey(row => row.Id);
        }
    }
}
