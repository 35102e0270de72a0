using Flows.Contract.Provenance.Graphs;
using Flows.Hub.Provenance.Lineage;
using Flows.Hub.Records;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Provenance.Kinds;

/// <summary>Data that another program told of. Forwards it leads to the other programs that read it and to steps of ours that read it by its address.</summary>
internal sealed class TracedOutsideData : ITraced
{
    public string Kind => TraceKinds.OutsideData;

    public IQueryable<string> ProjectsOf(FlowsDb db, string id) => db.Set<LineageUseRow>().IgnoreQueryFilters().Where(row => row.Data == id).Select(row => row.ProjectId);

    public async Task<string?> FindAsync(FlowsDb db, string id, CancellationToken cancellation) => await db.Set<LineageUseRow>().AnyAsync(row => row.Data == id, cancellation) ? id : null;

    public async Task ReadAsync(FlowsDb db, IReadOnlyList<TracePoint> points, TraceWalk walk, CancellationToken cancellation)
    {
        var names = points.Select(point => point.Id).Distinct().ToList();
        foreach (var name in names)
            if (name.Split(' ', 2) is [var space, var title]) walk.Say(new TraceNode(Kind, name) { Title = title, Facts = TraceWalk.Facts(("namespace", space), ("name", title)) });
        var uses = await OutsideUses.OfAsync(db, names, walk.IsForward, cancellation);
        foreach (var point in points)
            foreach (var use in uses[point.Id].Take(OutsideUses.Most)) OutsideUses.Link(walk, point, new TracePoint(TraceKinds.OutsideRun, use.Run));
        if (walk.IsForward) await ReadHereAsync(db, points, walk, cancellation);
    }

    // Asked seldom, and of few names: what attempts read has no index by its path.
    private static async Task ReadHereAsync(FlowsDb db, IReadOnlyList<TracePoint> points, TraceWalk walk, CancellationToken cancellation)
    {
        var paths = points.SelectMany(point => LineageNames.PathsOf(Sight.Current.ProjectId, point.Id).Select(path => (path, point))).ToLookup(one => one.path, one => one.point);
        var wanted = paths.Select(some => some.Key).ToList();
        if (wanted.Count == 0) return;
        var read = await db.Set<AttemptArtifactRow>().AsNoTracking().Where(row => wanted.Contains(row.Name) && (row.Use == ArtifactUse.File || row.Use == ArtifactUse.StrayRead)).Select(row => new { row.Name, row.Sha256, row.RunId }).Distinct().ToListAsync(cancellation);
        foreach (var use in read)
            foreach (var point in paths[use.Name]) walk.Link(point, new TracePoint(TraceKinds.Artifact, use.Sha256, use.RunId), "read");
    }
}
