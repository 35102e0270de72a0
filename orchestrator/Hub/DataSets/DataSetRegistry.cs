using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.DataSets;
using Flows.Hub.Models;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.DataSets;

/// <summary>The data sets of all projects: versions that never change, numbered without a gap. The same content as the newest version is no new one.</summary>
public sealed class DataSetRegistry(IDbContextFactory<FlowsDb> databases, RunStore store, Signals signals, TimeProvider time)
{
    /// <summary>Told, with <see cref="KeyOf"/>, when there is a new version.</summary>
    public const string Topic = "dataset";

    /// <summary>Most versions that are listed of one data set, the newest.</summary>
    public const int MostVersions = 1000;

    private static readonly string[] Kinds = ["Table", "File", "Folder", "Image"];

    public static string KeyOf(string projectId, string name) => $"{projectId}/{name}";

    /// <summary>The next version. A step that is carried out again gets the one that it registered before.</summary>
    /// <exception cref="ActivityFault">The name or the artifact cannot be registered.</exception>
    public async Task<DataSetVersion> RegisterAsync(DataSetRegistration registration, Origin origin)
    {
        Check(registration);
        DataSetVersion? registered = null;
        var now = time.GetUtcNow();
        await store.WriteAsync(db => registered = Known(db, registration, origin, now) ?? Add(db, registration, origin, now));
        if (registered!.IsNew) signals.Wake(Topic, KeyOf(origin.ProjectId, registration.Name));
        return registered;
    }

    /// <param name="version">Null for the newest.</param>
    public async Task<DataSetVersion?> FindAsync(string name, int? version, string projectId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var row = await Of(db, projectId, name).Where(row => version == null || row.Version == version).OrderByDescending(row => row.Version).FirstOrDefaultAsync(cancellation);
        return row is null ? null : Read(row);
    }

    /// <summary>The first one behind a version; null when there is none yet.</summary>
    public async Task<DataSetVersion?> NextAsync(string name, int after, string projectId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var row = await Of(db, projectId, name).Where(row => row.Version > after).OrderBy(row => row.Version).FirstOrDefaultAsync(cancellation);
        return row is null ? null : Read(row);
    }

    /// <summary>The newest version that there was at a time; 0 when there was none.</summary>
    public async Task<int> NewestAsync(string name, DateTimeOffset at, string projectId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await Of(db, projectId, name).Where(row => row.CreatedAt <= at).MaxAsync(row => (int?)row.Version, cancellation) ?? 0;
    }

    /// <summary>Newest first; empty when there is no such data set.</summary>
    public async Task<IReadOnlyList<DataSetVersion>> VersionsAsync(string name, string projectId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return [.. (await Of(db, projectId, name).OrderByDescending(row => row.Version).Take(MostVersions).ToListAsync(cancellation)).Select(Read)];
    }

    /// <summary>Every data set with its newest version, the latest change first.</summary>
    public async Task<IReadOnlyList<DataSetSummary>> ListAsync(string projectId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = db.Set<DataSetVersionRow>().AsNoTracking().Where(row => row.ProjectId == projectId);
        var newest = await rows.Where(row => row.Version == rows.Where(other => other.Name == row.Name).Max(other => other.Version)).OrderByDescending(row => row.CreatedAt).ToListAsync(cancellation);
        return [.. newest.Select(Read).Select(version => new DataSetSummary(version.Name, version.Description, version.Version, version.CreatedAt, version.Data.Size, version.Data.Rows))];
    }

    private static void Check(DataSetRegistration registration)
    {
        ResourceNames.Require("data set", registration.Name);
        if (registration.Data is not { Sha256.Length: 64 }) throw new ActivityFault($"The data set \"{registration.Name}\" cannot be registered without its artifact.");
        if (!Kinds.Contains(registration.Data.Kind)) throw new ActivityFault($"A {registration.Data.Kind} cannot be registered as data set \"{registration.Name}\": wire a table, a file or a folder to it.");
    }

    private static DataSetVersion? Known(FlowsDb db, DataSetRegistration registration, Origin origin, DateTimeOffset now)
    {
        Hold(db, KeyOf(origin.ProjectId, registration.Name));
        var versions = Of(db, origin.ProjectId, registration.Name);
        var own = origin is { RunId: not null, StepId: not null } ? versions.FirstOrDefault(row => row.RunId == origin.RunId && row.StepId == origin.StepId && row.Sha256 == registration.Data.Sha256) : null;
        if (own is not null) return Read(own) with { IsNew = true };
        // Written at this very moment: the transaction is done a second time.
        return versions.OrderByDescending(row => row.Version).FirstOrDefault() is { } newest && newest.Sha256 == registration.Data.Sha256 ? Read(newest) with { IsNew = newest.CreatedAt == now } : null;
    }

    private DataSetVersion Add(FlowsDb db, DataSetRegistration registration, Origin origin, DateTimeOffset now)
    {
        var row = new DataSetVersionRow
        {
            ProjectId = origin.ProjectId,
            Author = origin.Author,
            Name = registration.Name,
            Version = 1 + (Of(db, origin.ProjectId, registration.Name).Max(row => (int?)row.Version) ?? 0),
            RunId = origin.RunId,
            StepId = origin.StepId,
            Description = registration.Description,
            Sha256 = registration.Data.Sha256,
            Artifact = JsonSerializer.Serialize(registration.Data, ContractJson.Options),
            CreatedAt = now,
        };
        db.Add(row);
        db.SaveChanges();
        db.ChangeTracker.Clear();
        signals.Send(db, Topic, KeyOf(origin.ProjectId, registration.Name));
        return Read(row) with { IsNew = true };
    }

    // Numbers are given out one at a time, over all orchestrators.
    private static void Hold(FlowsDb db, string key)
    {
        if (db.IsShared) db.Database.ExecuteSql($"SELECT pg_advisory_xact_lock(hashtextextended({"datasets/" + key}, 0))");
    }

    private static IQueryable<DataSetVersionRow> Of(FlowsDb db, string projectId, string name) =>
        db.Set<DataSetVersionRow>().IgnoreQueryFilters().AsNoTracking().Where(row => row.ProjectId == projectId && row.Name == name);

    private static DataSetVersion Read(DataSetVersionRow row) => new(row.Name, row.Version, JsonSerializer.Deserialize<Artifact>(row.Artifact, ContractJson.Options)!)
    {
        Description = row.Description,
        RunId = row.RunId,
        StepId = row.StepId,
        ProjectId = row.ProjectId,
        Author = row.Author,
        CreatedAt = row.CreatedAt,
    };
}

/// <summary>Data sets on behalf of one step: what it registers says so.</summary>
public sealed class StepDataSets(DataSetRegistry registry, Origin origin) : IDataSets
{
    public Task<DataSetVersion> RegisterAsync(DataSetRegistration registration, CancellationToken cancellation = default) => registry.RegisterAsync(registration, origin);

    public Task<DataSetVersion?> FindAsync(string name, int? version, CancellationToken cancellation = default) => registry.FindAsync(name, version, origin.ProjectId, cancellation);
}
