using Flows.Contract.Models;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Deployments.Environments;

/// <summary>An environment of a project. The default one is there without a row, too.</summary>
public sealed class EnvironmentRow : OwnedRow
{
    public required string Name { get; init; }

    public Role Role { get; set; } = DeploymentEnvironment.DefaultRole;

    public List<string> People { get; set; } = [];

    public List<string> Groups { get; set; } = [];

    public DeploymentEnvironment ToContract() => new(Name, Role, People) { Groups = Groups };

    private sealed class Configuration : IEntityTypeConfiguration<EnvironmentRow>
    {
        public void Configure(EntityTypeBuilder<EnvironmentRow> environment)
        {
            environment.ToTable("environments");
            environment.HasKey(row => new { row.ProjectId, row.Name });
        }
    }
}
