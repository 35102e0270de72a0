using Flows.Contract.Models;
using Flows.Contract.Provenance.Graphs;
using Flows.Hub.Provenance.Kinds;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Provenance.Quarantine;

/// <summary>All that came of something bad, put into quarantine with it and let out again.</summary>
internal sealed class BlastRadius(Tracing tracing, Quarantines quarantines, IDbContextFactory<FlowsDb> databases, TimeProvider time)
{
    // Deep and wide: nothing that came of it may be left out for the number of its steps.
    private static readonly TraceLimits Everything = new(Depth: 1_000, Nodes: 200_000);

    private static readonly string[] Held = [TraceKinds.Run, TraceKinds.Artifact, TraceKinds.DataSet, TraceKinds.ModelVersion, TraceKinds.Deployment];

    /// <summary>Marks a thing bad and puts it and what came of it into quarantine. Null when the project has no such thing.</summary>
    /// <param name="isTried">Only says what it would be.</param>
    public async Task<QuarantineReport?> MarkAsync(string kind, string id, string reason, bool isTried, CancellationToken cancellation)
    {
        if (await tracing.FollowAsync(kind, id, TraceDirection.Forward, Everything, cancellation) is not { } trace) return null;
        var (held, now) = (await HeldAsync(trace, cancellation), time.GetUtcNow());
        if (!isTried) await KeepAsync(held.Select(node => new QuarantineRow { Kind = node.Kind, ThingId = node.Id, Cause = trace.Subject, Reason = reason, At = now }), cancellation);
        return new QuarantineReport(trace.Subject, reason, [.. held.Select(node => new QuarantinedThing(node.Kind, node.Id, node.Title))]) { At = now, By = Sight.Current.Author, IsTried = isTried };
    }

    /// <summary>Lets a thing that was marked bad, and what came of it, out again. How many things that were.</summary>
    public async Task<int> UndoAsync(string cause, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<QuarantineRow>().Where(row => row.Cause == cause).ExecuteDeleteAsync(cancellation);
    }

    /// <summary>What is marked bad, and what is held for it; the latest first.</summary>
    public async Task<IReadOnlyList<QuarantineReport>> ListAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await db.Set<QuarantineRow>().AsNoTracking().OrderByDescending(row => row.At).ToListAsync(cancellation);
        return [.. rows.GroupBy(row => row.Cause).Select(some => new QuarantineReport(some.Key, some.First().Reason, [.. some.Select(row => new QuarantinedThing(row.Kind, row.ThingId, row.ThingId))]) { At = some.First().At, By = some.First().Author })];
    }

    /// <summary>Why a version is not to be used; null when it may be. What was made of something bad after it was marked is found by what it came from.</summary>
    public async Task<string?> ReasonAsync(ModelVersion version, CancellationToken cancellation)
    {
        var id = VersionedId.Of(version.Name, version.Version);
        if ((await quarantines.ReasonsAsync(TraceKinds.ModelVersion, version.ProjectId, cancellation)).GetValueOrDefault(id) is { } known) return known;
        var bad = await CausesAsync(version.ProjectId, cancellation);
        if (bad.Count == 0) return null;
        using var own = new Sight(version.ProjectId, version.Author, [version.ProjectId]).Enter();
        var trace = await tracing.FollowAsync(TraceKinds.ModelVersion, id, TraceDirection.Back, Everything, cancellation);
        return trace?.Nodes.FirstOrDefault(node => bad.ContainsKey(node.Key)) is { } cause ? $"It came of {cause.Key}. {bad[cause.Key]}." : null;
    }

    // A step is part of its run, which is named instead of it.
    private async Task<IReadOnlyList<TraceNode>> HeldAsync(Trace trace, CancellationToken cancellation)
    {
        var runs = trace.Nodes.Where(node => node.Kind == TraceKinds.Step).Select(node => Runs.BookmarkRow.RunOf(node.Id)).Distinct().ToList();
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var named = await db.Set<Runs.RunRow>().AsNoTracking().Where(row => runs.Contains(row.Id)).Select(row => new { row.Id, row.Name }).ToListAsync(cancellation);
        return [.. trace.Nodes.Where(node => Held.Contains(node.Kind)), .. named.Where(run => trace.Nodes.All(node => node.Key != TraceNode.KeyOf(TraceKinds.Run, run.Id))).Select(run => new TraceNode(TraceKinds.Run, run.Id) { Title = run.Name })];
    }

    private async Task KeepAsync(IEnumerable<QuarantineRow> rows, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var cause = rows.First().Cause;
        // Marked once more: what is held for it is what came of it by now.
        await db.Set<QuarantineRow>().Where(row => row.Cause == cause).ExecuteDeleteAsync(cancellation);
        db.AddRange(rows);
        await db.SaveChangesAsync(cancellation);
    }

    private async Task<Dictionary<string, string>> CausesAsync(string projectId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await db.Set<QuarantineRow>().IgnoreQueryFilters().AsNoTracking().Where(row => row.ProjectId == projectId).Select(row => new { row.Cause, row.Reason }).Distinct().ToListAsync(cancellation);
        return rows.DistinctBy(row => row.Cause).ToDictionary(row => row.Cause, row => row.Reason.TrimEnd('.'));
    }
}
