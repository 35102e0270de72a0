using Flows.Contract.Provenance.Graphs;
using Flows.Hub.Artifacts;
using Flows.Hub.Provenance.Lineage;
using Flows.Hub.Provenance.Quarantine;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Provenance;

/// <summary>Follows a thing to what it came from and to what came of it, in the one project that is seen now: a query or two for each layer and kind, whatever they hold.</summary>
internal sealed class Tracing(IEnumerable<ITraced> kinds, IDbContextFactory<FlowsDb> databases, ArtifactStore artifacts, Quarantines quarantines)
{
    private readonly Dictionary<string, ITraced> _kinds = kinds.ToDictionary(traced => traced.Kind);

    /// <summary>Null when the project has no such thing.</summary>
    public async Task<Trace?> FollowAsync(string kind, string id, TraceDirection direction, TraceLimits limits, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (!_kinds.TryGetValue(kind, out var traced) || await traced.FindAsync(db, id, cancellation) is not { } known) return null;
        var subject = new TracePoint(kind, known) { IsSubject = true };
        var walks = new List<TraceWalk>();
        if (direction is not TraceDirection.Forward) walks.Add(await WalkAsync(db, subject, isForward: false, limits, cancellation));
        if (direction is not TraceDirection.Back) walks.Add(await WalkAsync(db, subject, isForward: true, limits, cancellation));
        return await quarantines.MarkedAsync(Joined(subject, direction, walks), cancellation);
    }

    /// <summary>The same with every artifact on the way hashed again.</summary>
    public async Task<Trace> VerifiedAsync(Trace trace, CancellationToken cancellation)
    {
        var nodes = new List<TraceNode>();
        foreach (var node in trace.Nodes) nodes.Add(IsStored(node) ? node with { Integrity = await IntegrityAsync(node.Id, cancellation) } : node);
        return trace with { Nodes = nodes, Damaged = [.. nodes.Where(node => node.Integrity is not (null or TraceIntegrity.Whole)).Select(node => node.Key)] };
    }

    private async Task<TraceWalk> WalkAsync(FlowsDb db, TracePoint subject, bool isForward, TraceLimits limits, CancellationToken cancellation)
    {
        var walk = new TraceWalk(isForward, limits);
        walk.Say(new TraceNode(subject.Kind, subject.Id));
        walk.Begin(subject);
        var outside = await OutsideUses.ReadAsync(db, cancellation);
        for (var depth = 0; walk.TakeLayer(depth) is { Count: > 0 } layer; depth++)
        {
            foreach (var some in layer.GroupBy(point => point.Kind).Where(some => _kinds.ContainsKey(some.Key))) await _kinds[some.Key].ReadAsync(db, [.. some], walk, cancellation);
            if (outside is not null) await outside.JoinAsync(layer, walk, cancellation);
        }
        walk.Settle();
        return walk;
    }

    private static Trace Joined(TracePoint subject, TraceDirection direction, List<TraceWalk> walks) => new(subject.Key)
    {
        Direction = direction,
        Nodes = [.. walks.SelectMany(walk => walk.Nodes).DistinctBy(node => node.Key)],
        Links = [.. walks.SelectMany(walk => walk.Links).Distinct()],
        IsCut = walks.Any(walk => walk.IsCut),
    };

    // What a step read from outside has a digest, and no bytes of ours.
    private static bool IsStored(TraceNode node) => node.Kind == TraceKinds.Artifact && node.Facts["stored"]?.GetValue<bool>() == true;

    private async Task<TraceIntegrity> IntegrityAsync(string sha256, CancellationToken cancellation)
    {
        try
        {
            await artifacts.VerifyAsync(sha256, cancellation);
            if (!await artifacts.IsFolderAsync(sha256, cancellation)) return TraceIntegrity.Whole;
            foreach (var file in (await ArtifactFolder.ReadAsync(await artifacts.VerifiedPathAsync(sha256, cancellation), cancellation))?.Files ?? []) await artifacts.VerifyAsync(file.Sha256, cancellation);
            return TraceIntegrity.Whole;
        }
        catch (ArtifactException broken) when (broken.Problem is ArtifactProblem.Damaged or ArtifactProblem.Missing)
        {
            return broken.Problem == ArtifactProblem.Missing ? TraceIntegrity.Missing : TraceIntegrity.Damaged;
        }
    }
}
