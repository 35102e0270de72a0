using System.Globalization;
using Flows.Contract.DataSets;
using Flows.Contract.Provenance.Graphs;
using Flows.Hub.Models;
using Flows.Hub.Provenance.Quarantine;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.DataSets;

/// <summary>Names that point at versions of data sets.</summary>
public sealed class DataSetAliases(IDbContextFactory<FlowsDb> databases, Quarantines quarantines)
{
    /// <summary>Versions with what they are called, and why some of them are not to be used.</summary>
    public async Task<IReadOnlyList<DataSetVersion>> NamedAsync(IReadOnlyList<DataSetVersion> versions, CancellationToken cancellation)
    {
        if (versions.Count == 0) return versions;
        var (name, project) = (versions[0].Name, versions[0].ProjectId);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var aliases = (await Of(db, project, name).OrderBy(row => row.Alias).ToListAsync(cancellation)).ToLookup(row => row.Version, row => row.Alias);
        var held = await quarantines.ReasonsAsync(TraceKinds.DataSet, project, cancellation);
        return [.. versions.Select(version => version with { Aliases = [.. aliases[version.Version]], Quarantine = held.GetValueOrDefault($"{name}:{version.Version}") })];
    }

    /// <param name="version">A number, an alias or <c>latest</c>.</param>
    public async Task<DataSetVersion?> FindAsync(DataSetRegistry registry, string name, string version, string projectId, CancellationToken cancellation)
    {
        if (version == "latest") return await registry.FindAsync(name, null, projectId, cancellation);
        if (int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return await registry.FindAsync(name, number, projectId, cancellation);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await Of(db, projectId, name).Where(row => row.Alias == version).Select(row => (int?)row.Version).FirstOrDefaultAsync(cancellation) is { } named ? await registry.FindAsync(name, named, projectId, cancellation) : null;
    }

    /// <summary>Points an alias at a version, taking it from another one.</summary>
    /// <exception cref="Contract.Activities.ActivityFault">It cannot be a name.</exception>
    public async Task SetAsync(DataSetVersion version, string alias, CancellationToken cancellation)
    {
        ResourceNames.Require("alias", alias);
        if (alias == "latest" || int.TryParse(alias, out _)) throw new Contract.Activities.ActivityFault($"\"{alias}\" cannot be an alias: it names a version already.");
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.Set<DataSetAliasRow>().IgnoreQueryFilters().FirstOrDefaultAsync(row => row.ProjectId == version.ProjectId && row.Name == version.Name && row.Alias == alias, cancellation) is { } known) known.Version = version.Version;
        else db.Add(new DataSetAliasRow { ProjectId = version.ProjectId, Name = version.Name, Alias = alias, Version = version.Version });
        await db.SaveChangesAsync(cancellation);
    }

    /// <returns>False when there is no such alias.</returns>
    public async Task<bool> RemoveAsync(string name, string alias, string projectId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<DataSetAliasRow>().IgnoreQueryFilters().Where(row => row.ProjectId == projectId && row.Name == name && row.Alias == alias).ExecuteDeleteAsync(cancellation) > 0;
    }

    private static IQueryable<DataSetAliasRow> Of(FlowsDb db, string project, string name) => db.Set<DataSetAliasRow>().IgnoreQueryFilters().AsNoTracking().Where(row => row.ProjectId == project && row.Name == name);
}
