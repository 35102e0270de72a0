using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Access.Projects;

/// <summary>Flows, runs, models and everything else that some people work on together.</summary>
public sealed class ProjectRow : OwnedRow, ISharedRow
{
    /// <summary>The one that is always there, and the only one on a laptop.</summary>
    public const string Default = "default";

    /// <summary>1 to 60 lower-case letters, digits and dashes.</summary>
    public required string Id { get; init; }

    public string Name { get; set; } = "";

    private sealed class Configuration : IEntityTypeConfiguration<ProjectRow>
    {
        public void Configure(EntityTypeBuilder<ProjectRow> project)
        {
            project.ToTable("projects");
            project.HasKey(row => row.Id);
            project.HasData(new ProjectRow { Id = Default, Name = "Default", ProjectId = Default, Author = People.PersonRow.Local });
        }
    }
}

/// <summary>A person's or a group's role in a project.</summary>
public sealed class MemberRow : OwnedRow
{
    public required MemberKind Kind { get; init; }

    /// <summary>A person's id, or a group's name as the identity provider says it.</summary>
    public required string Member { get; init; }

    public Role Role { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<MemberRow>
    {
        public void Configure(EntityTypeBuilder<MemberRow> member)
        {
            member.ToTable("members");
            member.HasKey(row => new { row.ProjectId, row.Kind, row.Member });
            member.HasIndex(row => new { row.Kind, row.Member });
        }
    }
}
