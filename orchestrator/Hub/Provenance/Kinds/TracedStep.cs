using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Provenance;
using Flows.Contract.Provenance.Graphs;
using Flows.Hub.DataSets;
using Flows.Hub.Models;
using Flows.Hub.Records;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Provenance.Kinds;

/// <summary>One execution of an activity, as its last attempt is recorded. What the engine does itself has no record.</summary>
internal sealed class TracedStep : ITraced
{
    private const string DataSetSource = "Flows.DataSetSource";

    public string Kind => TraceKinds.Step;

    public IQueryable<string> ProjectsOf(FlowsDb db, string id)
    {
        var run = BookmarkRow.RunOf(id);
        return db.Set<AttemptRow>().IgnoreQueryFilters().Where(row => row.RunId == run && row.StepId == id).Select(row => row.ProjectId);
    }

    public async Task<string?> FindAsync(FlowsDb db, string id, CancellationToken cancellation)
    {
        var run = BookmarkRow.RunOf(id);
        return await db.Set<AttemptRow>().AnyAsync(row => row.RunId == run && row.StepId == id, cancellation) ? id : null;
    }

    public async Task ReadAsync(FlowsDb db, IReadOnlyList<TracePoint> points, TraceWalk walk, CancellationToken cancellation)
    {
        var (ids, runs) = (points.Select(point => point.Id).ToList(), points.Select(point => BookmarkRow.RunOf(point.Id)).Distinct().ToList());
        var records = await RecordsAsync(db.Set<AttemptRow>().Where(row => runs.Contains(row.RunId) && ids.Contains(row.StepId)), cancellation);
        foreach (var unrecorded in ids.Except(records.Select(record => record.StepId))) walk.Link(new TracePoint(TraceKinds.Run, BookmarkRow.RunOf(unrecorded)), new TracePoint(Kind, unrecorded), "run");
        foreach (var record in records) walk.Say(StepFactsShown.Node(record));
        if (walk.IsForward)
        {
            foreach (var record in records) Gave(record, walk);
            await RegisteredAsync(db, runs, ids, walk, cancellation);
        }
        else
        {
            foreach (var record in records) Took(record, walk);
            await CachedAsync(db, records, walk, cancellation);
            await ReadSetsAsync(db, records, walk, cancellation);
        }
    }

    /// <summary>The last attempt of each step.</summary>
    internal static async Task<List<AttemptRecord>> RecordsAsync(IQueryable<AttemptRow> attempts, CancellationToken cancellation) =>
        [.. (await attempts.AsNoTracking().OrderByDescending(row => row.Attempt).Select(row => row.Record).ToListAsync(cancellation))
            .Select(json => JsonSerializer.Deserialize<AttemptRecord>(json, ContractJson.Options)!).DistinctBy(record => record.StepId)];

    /// <summary>Whether it reads a version of a data set, and so gives on what was registered.</summary>
    internal static bool Reads(AttemptRecord record) => record.ActivityType == DataSetSource;

    internal static string? SetNameOf(AttemptRecord record) => record.Parameters["dataSetName"]?.ToString().Trim();

    private static TracePoint Of(AttemptRecord record) => new(TraceKinds.Step, record.StepId);

    private static void Gave(AttemptRecord record, TraceWalk walk)
    {
        foreach (var output in record.Outputs)
        {
            var made = Artifact(output, record.RunId, walk);
            walk.Link(Of(record), made, output.Port);
            if (Reads(record)) walk.PassOn(Of(record), made);
        }
        foreach (var written in record.Facts?.Stray?.Written ?? [])
        {
            if (written.Sha256 is not { } digest) continue;
            walk.Say(new TraceNode(TraceKinds.Artifact, digest) { Title = Path.GetFileName(written.Path), Facts = TraceWalk.Facts(("name", Path.GetFileName(written.Path))) });
            walk.Link(Of(record), new TracePoint(TraceKinds.Artifact, digest, record.RunId), $"undeclared: {written.Path}");
        }
    }

    private static void Took(AttemptRecord record, TraceWalk walk)
    {
        var step = Of(record);
        walk.Link(new TracePoint(TraceKinds.Run, record.RunId), step, "run");
        foreach (var input in record.Inputs) walk.Link(Artifact(input, record.RunId, walk), step, input.Port);
        foreach (var file in record.Facts?.Files ?? []) Read(file.Path, file.Sha256, file.Size, "file", record, walk);
        foreach (var file in record.Facts?.Stray?.Read ?? []) if (file.Sha256 is { } digest) Read(file.Path, digest, null, "undeclared", record, walk);
        if (record.Facts?.Code is { } code)
        {
            walk.Link(Artifact(new PortArtifact("code", code.Snapshot.Sha256, code.Snapshot.Kind, code.Entry, code.Snapshot.Size), null, walk), step, "code");
            if (code.Git?.Patch is { } patch) walk.Link(Artifact(new PortArtifact("patch", patch.Sha256, patch.Kind, patch.Name, patch.Size), null, walk), step, "uncommitted patch");
        }
        if (record.Environment?.Packages is { } packages) walk.Link(Artifact(new PortArtifact("packages", packages.Sha256, packages.Kind, packages.Name, packages.Size), null, walk), step, "packages");
        if (record.Environment?.Archive is { } archive) walk.Link(Artifact(new PortArtifact("environment", archive.Sha256, archive.Kind, archive.Name, archive.Size), null, walk), step, "environment");
    }

    // A file from outside the hub: its bytes by their digest, and where they were read.
    private static void Read(string path, string sha256, long? size, string role, AttemptRecord record, TraceWalk walk)
    {
        var bytes = new TracePoint(TraceKinds.Artifact, sha256, record.RunId);
        walk.Say(new TraceNode(TraceKinds.Artifact, sha256) { Title = Path.GetFileName(path), Facts = TraceWalk.Facts(("name", Path.GetFileName(path)), ("size", size)) });
        walk.Link(bytes, Of(record), role);
        var source = new TracePoint(TraceKinds.Source, path);
        walk.Link(source, bytes, "read");
        walk.Say(new TraceNode(TraceKinds.Source, path) { Title = path, At = record.FinishedAt, Facts = TraceWalk.Facts(("location", path), ("sha256", sha256), ("size", size), ("readAt", record.FinishedAt?.ToString("O")), ("readBy", record.StepId)) });
    }

    private static TracePoint Artifact(PortArtifact artifact, string? run, TraceWalk walk)
    {
        walk.Say(new TraceNode(TraceKinds.Artifact, artifact.Sha256) { Title = artifact.Name, Facts = TraceWalk.Facts(("kind", artifact.Kind), ("name", artifact.Name), ("size", artifact.Size)) });
        return new TracePoint(TraceKinds.Artifact, artifact.Sha256, run);
    }

    // The result of another run's step of the same activity, taken from the cache.
    private static async Task CachedAsync(FlowsDb db, List<AttemptRecord> records, TraceWalk walk, CancellationToken cancellation)
    {
        var (runs, activities) = (records.Select(record => record.CachedFrom).OfType<string>().ToList(), records.Where(record => record.CachedFrom is not null).Select(record => record.ActivityId).ToList());
        if (runs.Count == 0) return;
        var made = await db.Set<AttemptRow>().AsNoTracking().Where(row => runs.Contains(row.RunId) && activities.Contains(row.ActivityId)).Select(row => new { row.RunId, row.ActivityId, row.StepId }).Distinct().ToListAsync(cancellation);
        foreach (var record in records)
            foreach (var from in made.Where(row => row.RunId == record.CachedFrom && row.ActivityId == record.ActivityId)) walk.Link(new TracePoint(TraceKinds.Step, from.StepId), Of(record), "cached result");
    }

    private static async Task ReadSetsAsync(FlowsDb db, List<AttemptRecord> records, TraceWalk walk, CancellationToken cancellation)
    {
        var readers = records.Where(record => Reads(record) && record.Outputs.Count > 0).ToList();
        if (readers.Count == 0) return;
        var names = readers.Select(SetNameOf).OfType<string>().Distinct().ToList();
        var digests = readers.SelectMany(record => record.Outputs).Select(output => output.Sha256).Distinct().ToList();
        var versions = await db.Set<DataSetVersionRow>().AsNoTracking().Where(row => names.Contains(row.Name) && digests.Contains(row.Sha256)).OrderByDescending(row => row.Version).ToListAsync(cancellation);
        foreach (var reader in readers)
        {
            var read = versions.FirstOrDefault(row => row.Name == SetNameOf(reader) && row.Sha256 == reader.Outputs[0].Sha256 && row.CreatedAt <= reader.FinishedAt);
            if (read is not null) walk.Link(new TracePoint(TraceKinds.DataSet, VersionedId.Of(read.Name, read.Version)), Of(reader), "read");
            walk.PassOn(Of(reader), new TracePoint(TraceKinds.Artifact, reader.Outputs[0].Sha256));
        }
    }

    private static async Task RegisteredAsync(FlowsDb db, List<string> runs, List<string> ids, TraceWalk walk, CancellationToken cancellation)
    {
        var sets = await db.Set<DataSetVersionRow>().AsNoTracking().Where(row => runs.Contains(row.RunId!) && ids.Contains(row.StepId!)).Select(row => new { row.StepId, row.Name, row.Version }).ToListAsync(cancellation);
        foreach (var set in sets) walk.Link(new TracePoint(TraceKinds.Step, set.StepId!), new TracePoint(TraceKinds.DataSet, VersionedId.Of(set.Name, set.Version)), "registered");
        var models = await db.Set<ModelVersionRow>().AsNoTracking().Where(row => runs.Contains(row.RunId!) && ids.Contains(row.StepId!)).Select(row => new { row.StepId, row.Name, row.Version }).ToListAsync(cancellation);
        foreach (var model in models) walk.Link(new TracePoint(TraceKinds.Step, model.StepId!), new TracePoint(TraceKinds.ModelVersion, VersionedId.Of(model.Name, model.Version)), "registered");
    }
}
