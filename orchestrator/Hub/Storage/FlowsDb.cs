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

    protected override void OnModelCreating(ModelBuilder model) => model.ApplyConfigurationsFromAssembly(typeof(FlowsDb).Assembly);

    // SQLite compares and orders dates only as numbers.
    protected override void ConfigureConventions(ModelConfigurationBuilder conventions) =>
        conventions.Properties<DateTimeOffset>().HaveConversion<UtcTicks>();

    private sealed class UtcTicks() : ValueConverter<DateTimeOffset, long>(at => at.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
}

/// <summary>Every row has its project and who made it.</summary>
public abstract class OwnedRow
{
    public string ProjectId { get; set; } = "default";

    public string Author { get; set; } = "local";
}
