using Flows.Contract.Provenance.Graphs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Provenance.Lineage;

/// <summary>Joins what other programs told of to a trace: by the name that OpenLineage has for a thing of ours, and its version where they say one.</summary>
internal sealed class OutsideUses(FlowsDb db)
{
    /// <summary>Runs of other programs that are followed from one thing; the newest.</summary>
    public const int Most = 20;

    private static readonly string[] Kinds = [TraceKinds.DataSet, TraceKinds.ModelVersion, TraceKinds.Artifact, TraceKinds.Source];

    /// <summary>Null when nobody told of anything.</summary>
    public static async Task<OutsideUses?> ReadAsync(FlowsDb db, CancellationToken cancellation) => await db.Set<LineageUseRow>().AnyAsync(cancellation) ? new(db) : null;

    /// <summary>Links a layer's things of ours to runs elsewhere that made them or, forwards, used them.</summary>
    public async Task JoinAsync(IReadOnlyList<TracePoint> layer, TraceWalk walk, CancellationToken cancellation)
    {
        var project = Sight.Current.ProjectId;
        var named = layer.Where(point => Kinds.Contains(point.Kind)).Select(point => (Point: point, Name: LineageNames.Of(project, point))).ToList();
        if (named.Count == 0) return;
        var names = named.Select(one => one.Name.Data).Distinct().ToList();
        var uses = await OfAsync(db, names, walk.IsForward, cancellation);
        foreach (var (point, name) in named)
            foreach (var use in uses[name.Data].Where(row => row.Version is null || name.Version is null || row.Version == name.Version).Take(Most))
                Link(walk, point, new TracePoint(TraceKinds.OutsideRun, use.Run));
    }

    /// <summary>Runs that wrote such data or, forwards, read it and did not write it too; the newest first.</summary>
    internal static async Task<ILookup<string, LineageUseRow>> OfAsync(FlowsDb db, IReadOnlyList<string> names, bool isForward, CancellationToken cancellation)
    {
        var all = await db.Set<LineageUseRow>().AsNoTracking().Where(row => names.Contains(row.Data)).OrderByDescending(row => row.At).ToListAsync(cancellation);
        var wrote = all.Where(row => row.IsOutput).Select(row => (row.Data, row.Run)).ToHashSet();
        return all.Where(row => row.IsOutput ? !isForward : isForward && !wrote.Contains((row.Data, row.Run))).ToLookup(row => row.Data);
    }

    internal static void Link(TraceWalk walk, TracePoint data, TracePoint run)
    {
        if (walk.IsForward) walk.Link(data, run, "read");
        else walk.Link(run, data, "wrote");
    }
}
