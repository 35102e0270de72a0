using System.Collections.Concurrent;
using Flows.Hub.Access;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Artifacts;

/// <summary>That a project has an artifact: somebody or some step of it had the bytes. Whoever may read in the project may read them.</summary>
public sealed class ArtifactRecordRow : OwnedRow
{
    public required string Sha256 { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<ArtifactRecordRow>
    {
        public void Configure(EntityTypeBuilder<ArtifactRecordRow> record)
        {
            record.ToTable("artifact_records");
            record.HasKey(row => new { row.Sha256, row.ProjectId });
        }
    }
}

/// <summary>Notes which project stores which bytes, and so who may read them.</summary>
public sealed class ArtifactRecords(RunStore store, IDbContextFactory<FlowsDb> databases)
{
    private const int AdoptedAtOnce = 500;

    // Steps store the same bytes again and again; what does not fit is written once more.
    private const int MostKnown = 10_000;

    private readonly ConcurrentDictionary<(string, string), byte> _known = [];

    /// <summary>On behalf of whoever stores them now.</summary>
    public async Task KeepAsync(string sha256)
    {
        var (project, author) = (Sight.Current.ProjectId, Sight.Current.Author);
        if (_known.ContainsKey((sha256, project))) return;
        await store.WriteAsync(db => db.Database.ExecuteSql($"""
            INSERT INTO artifact_records ("Sha256", "ProjectId", "Author") VALUES ({sha256}, {project}, {author}) ON CONFLICT DO NOTHING
            """));
        Know(sha256, project);
    }

    /// <summary>Whether a project that is seen now has the bytes.</summary>
    public async Task<bool> IsSeenAsync(string sha256, CancellationToken cancellation)
    {
        if (Sight.Current.Projects is not { } seen || seen.Any(project => _known.ContainsKey((sha256, project)))) return true;
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.Set<ArtifactRecordRow>().Where(row => row.Sha256 == sha256).Select(row => row.ProjectId).FirstOrDefaultAsync(cancellation) is not { } project) return false;
        Know(sha256, project);
        return true;
    }

    /// <summary>What was stored before projects had records is the default project's. Once: as long as there are flows and no record at all.</summary>
    public async Task AdoptAsync(ArtifactStore artifacts, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.Set<ArtifactRecordRow>().IgnoreQueryFilters().AnyAsync(cancellation) || !await db.Set<Flows.FlowRow>().IgnoreQueryFilters().AnyAsync(cancellation)) return;
        var stored = await artifacts.ListAsync(cancellation).Select(one => new ArtifactRecordRow { Sha256 = one.Sha256, ProjectId = Access.Projects.ProjectRow.Default, Author = Sight.Everything.Author }).ToListAsync(cancellation);
        await databases.InTransactionAsync(async all =>
        {
            foreach (var some in stored.Chunk(AdoptedAtOnce))
            {
                var digests = some.Select(row => row.Sha256).ToList();
                // Another server may be doing the same, or have stored something of another project by now.
                var known = await all.Set<ArtifactRecordRow>().IgnoreQueryFilters().Where(row => digests.Contains(row.Sha256)).Select(row => row.Sha256).ToListAsync(cancellation);
                all.AddRange(some.ExceptBy(known, row => row.Sha256));
                await all.SaveChangesAsync(cancellation);
                all.ChangeTracker.Clear();
            }
            return stored.Count;
        }, cancellation);
    }

    private void Know(string sha256, string project)
    {
        if (_known.Count >= MostKnown) _known.Clear();
        _known[(sha256, project)] = 0;
    }
}

/// <summary>An artifact, in one of the asker's own projects if it is there.</summary>
internal sealed record RecordedArtifact(string Value) : Thing("artifact")
{
    public override string? NameIn(HttpContext http) => http.Request.RouteValues[Value] as string;

    public override async Task<string?> ProjectAsync(HttpContext http, FlowsDb db, CancellationToken cancellation)
    {
        var name = NameIn(http);
        var recorded = db.Set<ArtifactRecordRow>().IgnoreQueryFilters().Where(row => row.Sha256 == name).Select(row => row.ProjectId);
        if (http.Actor() is Actor.Step step) recorded = recorded.Where(project => db.Set<RunRow>().Any(run => run.Id == step.Job.RunId && run.ProjectId == project));
        else if (http.Actor().Projects is { } mine) recorded = recorded.Where(project => mine.Contains(project));
        return await recorded.FirstOrDefaultAsync(cancellation);
    }
}
