using Flows.Contract.DataSets;
using Flows.Contract.Provenance.Graphs;
using Flows.Hub.Provenance.Quarantine;
using Flows.Hub.Records;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.DataSets;

/// <summary>Old versions go where somebody said so: none of the newest, none that has an alias, that a recorded step used, or that is in quarantine. Their bytes stay until nothing names them.</summary>
public sealed class DataSetRetention(IDbContextFactory<FlowsDb> databases, TimeProvider time)
{
    /// <summary>What was said of a data set; null when nothing was.</summary>
    public async Task<DataSetKeeping?> FindAsync(string name, string projectId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var row = await db.Set<DataSetRetentionRow>().IgnoreQueryFilters().AsNoTracking().FirstOrDefaultAsync(row => row.ProjectId == projectId && row.Name == name, cancellation);
        return row is null ? null : new DataSetKeeping(row.KeepVersions, row.KeepDays) { WouldGo = await OldAsync(db, row, cancellation) };
    }

    public async Task KeepAsync(string name, DataSetKeeping keeping, string projectId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var row = await db.Set<DataSetRetentionRow>().IgnoreQueryFilters().FirstOrDefaultAsync(row => row.ProjectId == projectId && row.Name == name, cancellation);
        if (row is null) db.Add(row = new DataSetRetentionRow { ProjectId = projectId, Name = name });
        (row.KeepVersions, row.KeepDays) = (keeping.KeepVersions, keeping.KeepDays);
        await db.SaveChangesAsync(cancellation);
    }

    /// <summary>One round over all data sets. How many versions went.</summary>
    public async Task<int> PruneAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var gone = 0;
        foreach (var row in await db.Set<DataSetRetentionRow>().IgnoreQueryFilters().AsNoTracking().ToListAsync(cancellation))
        {
            if (await OldAsync(db, row, cancellation) is { Count: > 0 } old)
                gone += await db.Set<DataSetVersionRow>().IgnoreQueryFilters().Where(version => version.ProjectId == row.ProjectId && version.Name == row.Name && old.Contains(version.Version)).ExecuteDeleteAsync(cancellation);
        }
        return gone;
    }

    private async Task<List<int>> OldAsync(FlowsDb db, DataSetRetentionRow keep, CancellationToken cancellation)
    {
        var before = time.GetUtcNow().AddDays(-keep.KeepDays);
        var versions = db.Set<DataSetVersionRow>().IgnoreQueryFilters().AsNoTracking().Where(row => row.ProjectId == keep.ProjectId && row.Name == keep.Name);
        var newest = await versions.OrderByDescending(row => row.Version).Skip(keep.KeepVersions - 1).Select(row => row.Version).FirstOrDefaultAsync(cancellation);
        var old = await versions.Where(row => row.Version < newest && row.CreatedAt < before)
            .Where(row => !db.Set<DataSetAliasRow>().IgnoreQueryFilters().Any(alias => alias.ProjectId == row.ProjectId && alias.Name == row.Name && alias.Version == row.Version))
            // Its own step gave it in; whoever else has its bytes used them.
            .Where(row => !db.Set<AttemptArtifactRow>().IgnoreQueryFilters().Any(use => use.ProjectId == row.ProjectId && use.Sha256 == row.Sha256 && use.RunId != row.RunId))
            .OrderBy(row => row.Version).Select(row => row.Version).ToListAsync(cancellation);
        var held = await db.Set<QuarantineRow>().IgnoreQueryFilters().Where(row => row.ProjectId == keep.ProjectId && row.Kind == TraceKinds.DataSet).Select(row => row.ThingId).ToListAsync(cancellation);
        return [.. old.Where(version => !held.Contains($"{keep.Name}:{version}"))];
    }
}

/// <summary>Once an hour.</summary>
internal sealed class DataSetRounds(DataSetRetention retention, TimeProvider time, ILogger<DataSetRounds> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromHours(1), time);
        while (await tick.WaitForNextTickAsync(stopping))
        {
            try { if (await retention.PruneAsync(stopping) is > 0 and var gone) log.LogInformation("{Versions} old versions of data sets went", gone); }
            catch (Exception broken) when (broken is not OperationCanceledException) { log.LogWarning(broken, "Old versions of data sets could not be removed; the next round tries again"); }
        }
    }
}
