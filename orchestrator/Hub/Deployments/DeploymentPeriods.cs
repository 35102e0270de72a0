using Flows.Hub.Models;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Deployments;

/// <summary>Which version of a model answered under a name, from when to when; it stays when the deployment goes.</summary>
public sealed class DeploymentPeriodRow : OwnedRow
{
    public required string Name { get; init; }

    public required DateTimeOffset From { get; init; }

    /// <summary>Null while it answers.</summary>
    public DateTimeOffset? Until { get; set; }

    public required string Model { get; init; }

    public required int Version { get; init; }

    /// <summary>The run that deployed it; null where a person did.</summary>
    public string? RunId { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<DeploymentPeriodRow>
    {
        public void Configure(EntityTypeBuilder<DeploymentPeriodRow> period)
        {
            period.ToTable("deployment_periods");
            period.HasKey(row => new { row.ProjectId, row.Name, row.From });
            period.HasIndex(row => new { row.Model, row.Version });
        }
    }
}

/// <summary>Keeps the past of deployments.</summary>
internal sealed class DeploymentPeriods(IDbContextFactory<FlowsDb> databases, TimeProvider time)
{
    /// <summary>Ends the period that a deployment was in and begins the next, if what it serves has changed.</summary>
    public async Task NoteAsync(DeploymentRow row, Origin? by = null)
    {
        await using var db = await databases.CreateDbContextAsync();
        var open = await db.Set<DeploymentPeriodRow>().IgnoreQueryFilters().FirstOrDefaultAsync(period => period.Name == row.Name && period.ProjectId == row.ProjectId && period.Until == null);
        if (row.IsWanted && open is not null && (open.Model, open.Version) == (row.Model, row.Version)) return;
        var last = await db.Set<DeploymentPeriodRow>().IgnoreQueryFilters().Where(period => period.Name == row.Name && period.ProjectId == row.ProjectId).MaxAsync(period => (DateTimeOffset?)period.From);
        // A clock that stands or went back does not let two begin at once.
        var now = last is { } before && before >= time.GetUtcNow() ? before.AddTicks(1) : time.GetUtcNow();
        if (open is not null) open.Until = now;
        if (row.IsWanted) db.Add(new DeploymentPeriodRow { ProjectId = row.ProjectId, Author = by?.Author ?? row.Author, Name = row.Name, From = now, Model = row.Model, Version = row.Version, RunId = by?.RunId });
        await db.SaveChangesAsync();
    }

    /// <summary>The deployment is gone.</summary>
    public async Task EndAsync(DeploymentRow row)
    {
        await using var db = await databases.CreateDbContextAsync();
        var now = time.GetUtcNow();
        await db.Set<DeploymentPeriodRow>().IgnoreQueryFilters().Where(period => period.Name == row.Name && period.ProjectId == row.ProjectId && period.Until == null).ExecuteUpdateAsync(set => set.SetProperty(period => period.Until, now));
    }
}
