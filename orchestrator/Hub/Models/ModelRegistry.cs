using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Models;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Models;

/// <summary>The model library: versions that never change, and aliases that may be moved between them.</summary>
public sealed class ModelRegistry(IDbContextFactory<FlowsDb> databases, TimeProvider time) : IModels
{
    // Numbers are given out one at a time; the key in the database refuses what another process gave out meanwhile.
    private readonly SemaphoreSlim _numbering = new(1);

    public Task<ModelVersion> RegisterAsync(ModelRegistration registration, CancellationToken cancellation = default) =>
        RegisterAsync(registration, Origin.Asked, cancellation);

    /// <summary>Registers the next version of a model. A step that is carried out again gets the version it registered before.</summary>
    /// <exception cref="ActivityFault">The name or the artifact cannot be registered.</exception>
    public async Task<ModelVersion> RegisterAsync(ModelRegistration registration, Origin origin, CancellationToken cancellation)
    {
        Check(registration);
        await _numbering.WaitAsync(cancellation);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellation);
            var row = await RegisteredBeforeAsync(db, registration, origin, cancellation) ?? await AddAsync(db, registration, origin, cancellation);
            foreach (var alias in registration.Aliases) await PointAsync(db, row, alias, cancellation);
            await db.SaveChangesAsync(cancellation);
            return Read(row, await AliasesAsync(db, row.ProjectId, row.Name, cancellation));
        }
        finally
        {
            _numbering.Release();
        }
    }

    public Task<ModelVersion?> FindAsync(string name, int? version, CancellationToken cancellation = default) =>
        FindAsync(name, version, Origin.Asked.ProjectId, cancellation);

    public async Task<ModelVersion?> FindAsync(string name, int? version, string projectId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var row = await VersionsOf(db, projectId, name)
            .Where(candidate => version == null || candidate.Version == version)
            .OrderByDescending(candidate => candidate.Version)
            .FirstOrDefaultAsync(cancellation);
        return row is null ? null : Read(row, await AliasesAsync(db, projectId, name, cancellation));
    }

    /// <summary>The version that an alias points at.</summary>
    public async Task<ModelVersion?> FindByAliasAsync(string name, string alias, string projectId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var found = await db.Set<ModelAliasRow>().AsNoTracking().FirstOrDefaultAsync(row => row.ProjectId == projectId && row.Name == name && row.Alias == alias, cancellation);
        return found is null ? null : await FindAsync(name, found.Version, projectId, cancellation);
    }

    /// <summary>Versions of a model, newest first; empty when there is no such model.</summary>
    public async Task<IReadOnlyList<ModelVersion>> VersionsAsync(string name, string projectId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var aliases = await AliasesAsync(db, projectId, name, cancellation);
        var rows = await VersionsOf(db, projectId, name).OrderByDescending(row => row.Version).ToListAsync(cancellation);
        return [.. rows.Select(row => Read(row, aliases))];
    }

    /// <summary>Every model with its newest version, the latest change first.</summary>
    public async Task<IReadOnlyList<ModelSummary>> ListAsync(string projectId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = db.Set<ModelVersionRow>().AsNoTracking().Where(row => row.ProjectId == projectId);
        var newest = await rows
            .Where(row => row.Version == rows.Where(other => other.Name == row.Name).Max(other => other.Version))
            .OrderByDescending(row => row.CreatedAt)
            .ToListAsync(cancellation);
        return [.. newest.Select(row => new ModelSummary(row.Name, row.Description, row.Version, row.CreatedAt, Figures(row)))];
    }

    /// <summary>Points an alias at a version, taking it from another one.</summary>
    /// <returns>Null when there is no such version.</returns>
    public async Task<ModelVersion?> SetAliasAsync(string name, int version, string alias, string projectId, CancellationToken cancellation)
    {
        ResourceNames.Require("alias", alias);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var row = await VersionsOf(db, projectId, name).FirstOrDefaultAsync(candidate => candidate.Version == version, cancellation);
        if (row is null) return null;
        await PointAsync(db, row, alias, cancellation);
        await db.SaveChangesAsync(cancellation);
        return Read(row, await AliasesAsync(db, projectId, name, cancellation));
    }

    private static void Check(ModelRegistration registration)
    {
        ResourceNames.Require("model", registration.Name);
        foreach (var alias in registration.Aliases) ResourceNames.Require("alias", alias);
        if (registration.Model is not { Sha256.Length: 64 }) throw new ActivityFault($"Model \"{registration.Name}\" cannot be registered without its artifact.");
        if (registration.Model.Kind is not ("Model" or "File" or "Folder"))
            throw new ActivityFault($"A {registration.Model.Kind} cannot be registered as model \"{registration.Name}\": wire a Model to it.");
    }

    private async Task<ModelVersionRow> AddAsync(FlowsDb db, ModelRegistration registration, Origin origin, CancellationToken cancellation)
    {
        var last = await VersionsOf(db, origin.ProjectId, registration.Name).MaxAsync(row => (int?)row.Version, cancellation) ?? 0;
        var row = new ModelVersionRow
        {
            ProjectId = origin.ProjectId,
            Name = registration.Name,
            Version = last + 1,
            Author = origin.Author,
            RunId = origin.RunId,
            StepId = origin.StepId,
            Description = registration.Description,
            Sha256 = registration.Model.Sha256,
            Artifact = JsonSerializer.Serialize(registration.Model, ContractJson.Options),
            Metrics = JsonSerializer.Serialize(registration.Metrics, ContractJson.Options),
            CreatedAt = time.GetUtcNow(),
        };
        db.Add(row);
        return row;
    }

    private static async Task<ModelVersionRow?> RegisteredBeforeAsync(FlowsDb db, ModelRegistration registration, Origin origin, CancellationToken cancellation) =>
        origin is { RunId: not null, StepId: not null }
            ? await VersionsOf(db, origin.ProjectId, registration.Name).FirstOrDefaultAsync(
                row => row.RunId == origin.RunId && row.StepId == origin.StepId && row.Sha256 == registration.Model.Sha256, cancellation)
            : null;

    private static async Task PointAsync(FlowsDb db, ModelVersionRow row, string alias, CancellationToken cancellation)
    {
        if (await db.Set<ModelAliasRow>().FindAsync([row.ProjectId, row.Name, alias], cancellation) is { } existing) existing.Version = row.Version;
        else db.Add(new ModelAliasRow { ProjectId = row.ProjectId, Author = row.Author, Name = row.Name, Alias = alias, Version = row.Version });
    }

    private static IQueryable<ModelVersionRow> VersionsOf(FlowsDb db, string projectId, string name) =>
        db.Set<ModelVersionRow>().AsNoTracking().Where(row => row.ProjectId == projectId && row.Name == name);

    private static async Task<ILookup<int, string>> AliasesAsync(FlowsDb db, string projectId, string name, CancellationToken cancellation) =>
        (await db.Set<ModelAliasRow>().AsNoTracking().Where(row => row.ProjectId == projectId && row.Name == name).OrderBy(row => row.Alias).ToListAsync(cancellation))
        .ToLookup(row => row.Version, row => row.Alias);

    private static ModelVersion Read(ModelVersionRow row, ILookup<int, string> aliases) => new(row.Name, row.Version, JsonSerializer.Deserialize<Artifact>(row.Artifact, ContractJson.Options)!)
    {
        Description = row.Description,
        Metrics = Figures(row),
        Aliases = [.. aliases[row.Version]],
        RunId = row.RunId,
        StepId = row.StepId,
        ProjectId = row.ProjectId,
        Author = row.Author,
        CreatedAt = row.CreatedAt,
    };

    private static Dictionary<string, double> Figures(ModelVersionRow row) => JsonSerializer.Deserialize<Dictionary<string, double>>(row.Metrics, ContractJson.Options)!;
}
