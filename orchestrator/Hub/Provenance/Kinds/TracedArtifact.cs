using Flows.Contract.Provenance.Graphs;
using Flows.Hub.Artifacts;
using Flows.Hub.DataSets;
using Flows.Hub.Models;
using Flows.Hub.Records;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Provenance.Kinds;

/// <summary>Stored bytes: made by steps, used by steps, registered as data sets and models.</summary>
internal sealed class TracedArtifact : ITraced
{
    /// <summary>Makers that are followed where no run says which of them it was; the oldest.</summary>
    private const int MostMakers = 5;

    private const int MostUses = 20_000;

    public string Kind => TraceKinds.Artifact;

    public IQueryable<string> ProjectsOf(FlowsDb db, string id) => db.Set<ArtifactRecordRow>().IgnoreQueryFilters().Where(row => row.Sha256 == id).Select(row => row.ProjectId);

    public async Task<string?> FindAsync(FlowsDb db, string id, CancellationToken cancellation) => await db.Set<ArtifactRecordRow>().AnyAsync(row => row.Sha256 == id, cancellation) ? id : null;

    public async Task ReadAsync(FlowsDb db, IReadOnlyList<TracePoint> points, TraceWalk walk, CancellationToken cancellation)
    {
        var digests = points.Select(point => point.Id).Distinct().ToList();
        var stored = await db.Set<ArtifactRecordRow>().Where(row => digests.Contains(row.Sha256)).Select(row => new { row.Sha256, row.Author }).ToDictionaryAsync(row => row.Sha256, row => row.Author, cancellation);
        foreach (var digest in digests) walk.Say(new TraceNode(Kind, digest) { By = stored.GetValueOrDefault(digest), Facts = TraceWalk.Facts(("sha256", digest), ("stored", stored.ContainsKey(digest))) });
        var uses = await db.Set<AttemptArtifactRow>().AsNoTracking().Where(row => digests.Contains(row.Sha256)).OrderBy(row => row.RunId).ThenBy(row => row.StepId).Take(MostUses).ToListAsync(cancellation);
        var bySha = uses.ToLookup(use => use.Sha256);
        foreach (var point in points)
        {
            if (walk.IsForward) Forward(point, [.. bySha[point.Id]], walk);
            else Back(point, [.. bySha[point.Id]], walk);
        }
        await RegisteredAsync(db, digests, walk, cancellation);
    }

    private static void Back(TracePoint point, List<AttemptArtifactRow> uses, TraceWalk walk)
    {
        // What a step both takes and gives it did not make.
        var takers = uses.Where(use => use.Use == ArtifactUse.Input).Select(use => use.StepId).ToHashSet();
        var makers = uses.Where(use => use.Use == ArtifactUse.Output && !takers.Contains(use.StepId)).DistinctBy(use => use.StepId).ToList();
        var own = makers.Where(use => use.RunId == point.Context).ToList();
        foreach (var maker in own.Count > 0 ? own : makers.Take(MostMakers)) walk.Link(new TracePoint(TraceKinds.Step, maker.StepId), point, maker.Name);
    }

    // Bytes that another run made itself are its own, though they be the same.
    private static void Forward(TracePoint point, List<AttemptArtifactRow> uses, TraceWalk walk)
    {
        var made = uses.Where(use => use.Use == ArtifactUse.Output).Select(use => use.RunId).ToHashSet();
        var taken = uses.Where(use => use.Use is not (ArtifactUse.Output or ArtifactUse.StrayWrite) && (point.Context is null || use.RunId == point.Context || !made.Contains(use.RunId)));
        foreach (var use in taken) walk.Link(point, new TracePoint(TraceKinds.Step, use.StepId), use.Name);
    }

    // What steps register hangs on their steps.
    private static async Task RegisteredAsync(FlowsDb db, List<string> digests, TraceWalk walk, CancellationToken cancellation)
    {
        if (!walk.IsForward) return;
        var sets = await db.Set<DataSetVersionRow>().AsNoTracking().Where(row => digests.Contains(row.Sha256) && row.StepId == null).Select(row => new { row.Sha256, row.Name, row.Version }).ToListAsync(cancellation);
        foreach (var set in sets) walk.Link(new TracePoint(TraceKinds.Artifact, set.Sha256), new TracePoint(TraceKinds.DataSet, VersionedId.Of(set.Name, set.Version)), "version");
        var models = await db.Set<ModelVersionRow>().AsNoTracking().Where(row => digests.Contains(row.Sha256) && row.StepId == null).Select(row => new { row.Sha256, row.Name, row.Version }).ToListAsync(cancellation);
        foreach (var model in models) walk.Link(new TracePoint(TraceKinds.Artifact, model.Sha256), new TracePoint(TraceKinds.ModelVersion, VersionedId.Of(model.Name, model.Version)), "version");
    }
}
