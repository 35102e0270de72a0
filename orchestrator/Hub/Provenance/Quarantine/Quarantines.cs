using Flows.Contract.Provenance.Graphs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Provenance.Quarantine;

/// <summary>What is not to be used, and why.</summary>
public sealed class Quarantines(IDbContextFactory<FlowsDb> databases)
{
    /// <summary>The trace with what is in quarantine marked.</summary>
    public async Task<Trace> MarkedAsync(Trace trace, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await db.Set<QuarantineRow>().AsNoTracking().ToListAsync(cancellation);
        if (rows.Count == 0) return trace;
        var reasons = rows.GroupBy(row => TraceNode.KeyOf(row.Kind, row.ThingId)).ToDictionary(some => some.Key, some => Say(some.First()));
        return trace with { Nodes = [.. trace.Nodes.Select(node => reasons.TryGetValue(node.Key, out var reason) ? node with { Quarantine = reason } : node)] };
    }

    /// <summary>Why each of a kind's things is not to be used, by id; of one project.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReasonsAsync(string kind, string projectId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await db.Set<QuarantineRow>().IgnoreQueryFilters().AsNoTracking().Where(row => row.ProjectId == projectId && row.Kind == kind).ToListAsync(cancellation);
        return rows.GroupBy(row => row.ThingId).ToDictionary(some => some.Key, some => Say(some.First()));
    }

    internal static string Say(QuarantineRow row) => row.Cause == TraceNode.KeyOf(row.Kind, row.ThingId) ? Sentence(row.Reason) : $"It came of {row.Cause}. {Sentence(row.Reason)}";

    private static string Sentence(string reason) => reason.EndsWith('.') ? reason : reason + ".";
}
