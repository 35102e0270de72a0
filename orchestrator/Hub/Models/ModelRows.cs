using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Models;

/// <summary>A registered model version; never changed once written.</summary>
public sealed class ModelVersionRow : OwnedRow
{
    public string Name { get; set; } = "";

    public int Version { get; set; }

    public string? RunId { get; set; }

    public string? StepId { get; set; }

    public string Description { get; set; } = "";

    /// <summary>Digest of the model, so that its versions are found from it.</summary>
    public string Sha256 { get; set; } = "";

    /// <summary>The whole reference with its facts, as JSON.</summary>
    public string Artifact { get; set; } = "";

    public string Metrics { get; set; } = "{}";

    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A name that points at one version of a model, and may be moved.</summary>
public sealed class ModelAliasRow : OwnedRow
{
    public string Name { get; set; } = "";

    public string Alias { get; set; } = "";

    public int Version { get; set; }
}

internal sealed class ModelVersionMapping : IEntityTypeConfiguration<ModelVersionRow>
{
    public void Configure(EntityTypeBuilder<ModelVersionRow> rows)
    {
        rows.ToTable("ModelVersions").HasKey(row => new { row.ProjectId, row.Name, row.Version });
        rows.HasIndex(row => row.Sha256);
        rows.HasIndex(row => new { row.RunId, row.StepId });
    }
}

internal sealed class ModelAliasMapping : IEntityTypeConfiguration<ModelAliasRow>
{
    public void Configure(EntityTypeBuilder<ModelAliasRow> rows) =>
        rows.ToTable("ModelAliases").HasKey(row => new { row.ProjectId, row.Name, row.Alias });
}
