using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Flows.Hub.Storage;

/// <summary>Everything but journal, logs and artifacts. Each slice brings its rows as <see cref="IEntityTypeConfiguration{T}"/>.</summary>
public class FlowsDb : DbContext
{
    public FlowsDb(DbContextOptions<FlowsDb> options) : base(options) { }

    private protected FlowsDb(DbContextOptions options) : base(options) { }

    /// <summary>Whether other processes use the database too.</summary>
    public virtual bool IsShared => false;

    /// <summary>Read anew by every query, as rows of other projects are left out of it.</summary>
    private bool SeesAll => Sight.Current.Projects is null;

    private IReadOnlyList<string> Seen => Sight.Current.Projects ?? [];

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.ApplyConfigurationsFromAssembly(typeof(FlowsDb).Assembly);
        var limit = new Action<ModelBuilder>(Limit<OwnedRow>).Method.GetGenericMethodDefinition();
        foreach (var owned in model.Model.GetEntityTypes().Select(entity => entity.ClrType).Where(type => type.IsSubclassOf(typeof(OwnedRow)) && !type.IsAssignableTo(typeof(ISharedRow))).ToList())
            limit.MakeGenericMethod(owned).Invoke(this, [model]);
    }

    // The one place where people are kept to their projects: nothing that is read for them leaves it out.
    private void Limit<TRow>(ModelBuilder model) where TRow : OwnedRow =>
        model.Entity<TRow>().HasQueryFilter(row => SeesAll || Seen.Contains(row.ProjectId));

    // SQLite compares and orders dates only as numbers.
    protected override void ConfigureConventions(ModelConfigurationBuilder conventions) =>
        conventions.Properties<DateTimeOffset>().HaveConversion<UtcTicks>();

    private sealed class UtcTicks() : ValueConverter<DateTimeOffset, long>(at => at.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
}

/// <summary>Every row has its project and who made it.</summary>
public abstract class OwnedRow
{
    public string ProjectId { get; set; } = Sight.Current.ProjectId;

    public string Author { get; set; } = Sight.Current.Author;
}

/// <summary>A row that everybody may read: the server's own, shared by its project, or found by a digest that a row of a project names.</summary>
public interface ISharedRow;
