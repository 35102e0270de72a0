using Flows.Contract.Models;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Deployments;

/// <summary>What shall be deployed and how that stands. The name is one in the whole hub: it is an address.</summary>
public sealed class DeploymentRow : OwnedRow
{
    public string Name { get; set; } = "";

    public string Model { get; set; } = "";

    public int Version { get; set; }

    /// <summary>Where it answers: an environment of its project. It stays there.</summary>
    public string Environment { get; set; } = DeploymentEnvironment.Default;

    /// <summary>Counts on with every replacement, so that folders of two revisions never meet.</summary>
    public int Revision { get; set; }

    public DeploymentStatus Status { get; set; }

    /// <summary>Every orchestrator shall have a server for it.</summary>
    public bool IsWanted => Status is DeploymentStatus.Ready or DeploymentStatus.Starting;

    public string? Message { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public bool IsSameAs(DeploymentRow other) => (Model, Version) == (other.Model, other.Version);
}

internal sealed class DeploymentMapping : IEntityTypeConfiguration<DeploymentRow>
{
    public void Configure(EntityTypeBuilder<DeploymentRow> rows)
    {
        rows.ToTable("Deployments").HasKey(row => row.Name);
        rows.Ignore(row => row.IsWanted);
        rows.Property(row => row.Environment).HasDefaultValue(DeploymentEnvironment.Default);
        rows.Property(row => row.Status).HasConversion<string>();
    }
}
