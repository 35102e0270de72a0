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

/// <summary>Notes which project stores which bytes.</summary>
public sealed class ArtifactRecords(RunStore store)
{
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
