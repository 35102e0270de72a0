using System.Text.Json.Nodes;
using Flows.Contract.Provenance.Graphs;
using Flows.Hub.DataSets;
using Flows.Hub.Models;
using Flows.Hub.Provenance.Lineage;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Provenance.Kinds;

/// <summary>A run of another program, as its OpenLineage events tell it. What it read and wrote is data elsewhere, or ours where it has our name.</summary>
internal sealed class TracedOutsideRun : ITraced
{
    /// <summary>Events of a layer's runs that are read; the newest.</summary>
    private const int MostEvents = 2_000;

    private static readonly string[] Ends = ["COMPLETE", "ABORT", "FAIL"];

    public string Kind => TraceKinds.OutsideRun;

    public IQueryable<string> ProjectsOf(FlowsDb db, string id) => db.Set<LineageUseRow>().IgnoreQueryFilters().Where(row => row.Run == id).Select(row => row.ProjectId)
        .Concat(db.Set<LineageEventRow>().IgnoreQueryFilters().Where(row => row.RunId == id).Select(row => row.ProjectId));

    public async Task<string?> FindAsync(FlowsDb db, string id, CancellationToken cancellation)
    {
        var known = Guid.TryParse(id, out var run) ? run.ToString() : id;
        return await db.Set<LineageEventRow>().AnyAsync(row => row.RunId == known, cancellation) || await db.Set<LineageUseRow>().AnyAsync(row => row.Run == known, cancellation) ? known : null;
    }

    public async Task ReadAsync(FlowsDb db, IReadOnlyList<TracePoint> points, TraceWalk walk, CancellationToken cancellation)
    {
        var runs = points.Select(point => point.Id).Distinct().ToList();
        var events = await db.Set<LineageEventRow>().AsNoTracking().Where(row => runs.Contains(row.RunId) || row.RunId == "" && runs.Contains(row.Job)).OrderByDescending(row => row.At).ThenByDescending(row => row.Seq).Take(MostEvents).ToListAsync(cancellation);
        foreach (var some in events.GroupBy(row => row.RunId.Length > 0 ? row.RunId : row.Job)) walk.Say(Node(some.Key, [.. some]));
        var uses = (await db.Set<LineageUseRow>().AsNoTracking().Where(row => runs.Contains(row.Run)).ToListAsync(cancellation)).ToLookup(row => row.Run);
        var newest = await NewestAsync(db, cancellation);
        foreach (var point in points) Follow(point, [.. uses[point.Id]], newest, walk);
    }

    // Data that a run both reads and writes did not come of itself.
    private static void Follow(TracePoint run, List<LineageUseRow> uses, Func<string, string, int?> newest, TraceWalk walk)
    {
        var made = uses.Where(use => use.IsOutput).Select(use => use.Data).ToHashSet();
        foreach (var use in uses.Where(use => use.IsOutput == walk.IsForward && (use.IsOutput || !made.Contains(use.Data))))
        {
            var data = LineageNames.PointOf(use.ProjectId, use.Data, use.Version, newest) ?? new TracePoint(TraceKinds.OutsideData, use.Data);
            if (walk.IsForward) walk.Link(run, data, "wrote");
            else walk.Link(data, run, "read");
        }
    }

    private static async Task<Func<string, string, int?>> NewestAsync(FlowsDb db, CancellationToken cancellation)
    {
        var sets = await db.Set<DataSetVersionRow>().GroupBy(row => row.Name).Select(some => new { some.Key, Version = some.Max(row => row.Version) }).ToDictionaryAsync(one => one.Key, one => one.Version, cancellation);
        var models = await db.Set<ModelVersionRow>().GroupBy(row => row.Name).Select(some => new { some.Key, Version = some.Max(row => row.Version) }).ToDictionaryAsync(one => one.Key, one => one.Version, cancellation);
        return (kind, name) => (kind == TraceKinds.DataSet ? sets : models).TryGetValue(name, out var version) ? version : null;
    }

    private static TraceNode Node(string id, IReadOnlyList<LineageEventRow> newestFirst)
    {
        var (last, told) = (newestFirst[0], JsonNode.Parse(newestFirst[0].Json)!);
        var end = newestFirst.FirstOrDefault(row => Ends.Contains(row.Type));
        return new TraceNode(TraceKinds.OutsideRun, id)
        {
            Title = told["job"]?["name"]?.ToString() ?? id,
            At = newestFirst[^1].At,
            By = last.Author,
            Facts = TraceWalk.Facts(("namespace", told["job"]?["namespace"]?.DeepClone()), ("job", told["job"]?["name"]?.DeepClone()), ("status", (end ?? last).Type is { Length: > 0 } status ? status : null),
                ("finishedAt", end?.At.ToString("O")), ("producer", told["producer"]?.DeepClone()), ("events", newestFirst.Count), ("error", ((told["run"]?["facets"] as JsonObject)?["errorMessage"] as JsonObject)?["message"]?.DeepClone())),
        };
    }
}
