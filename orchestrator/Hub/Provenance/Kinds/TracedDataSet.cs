using System.Text.Json.Nodes;
using Flows.Contract.Provenance.Graphs;
using Flows.Hub.DataSets;
using Flows.Hub.Records;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Provenance.Kinds;

/// <summary>A version of a data set, <c>NAME:VERSION</c>: from the step that registered it, or from bytes that somebody uploaded; read by steps.</summary>
internal sealed class TracedDataSet : ITraced
{
    public string Kind => TraceKinds.DataSet;

    public IQueryable<string> ProjectsOf(FlowsDb db, string id)
    {
        var name = VersionedId.Parse(id).Name;
        return db.Set<DataSetVersionRow>().IgnoreQueryFilters().Where(row => row.Name == name).Select(row => row.ProjectId);
    }

    public async Task<string?> FindAsync(FlowsDb db, string id, CancellationToken cancellation)
    {
        var asked = VersionedId.Parse(id);
        var number = asked.Number ?? await db.Set<DataSetAliasRow>().Where(row => row.Name == asked.Name && row.Alias == asked.Version).Select(row => (int?)row.Version).FirstOrDefaultAsync(cancellation);
        if (number is null && asked.Version != VersionedId.Latest) return null;
        var version = await db.Set<DataSetVersionRow>().Where(row => row.Name == asked.Name && (number == null || row.Version == number)).MaxAsync(row => (int?)row.Version, cancellation);
        return version is { } found ? VersionedId.Of(asked.Name, found) : null;
    }

    public async Task ReadAsync(FlowsDb db, IReadOnlyList<TracePoint> points, TraceWalk walk, CancellationToken cancellation)
    {
        var (ids, names) = (points.Select(point => point.Id).ToHashSet(), points.Select(point => VersionedId.Parse(point.Id).Name).Distinct().ToList());
        var versions = (await db.Set<DataSetVersionRow>().AsNoTracking().Where(row => names.Contains(row.Name)).ToListAsync(cancellation)).Where(row => ids.Contains(VersionedId.Of(row.Name, row.Version))).ToList();
        foreach (var version in versions)
        {
            walk.Say(Node(version));
            var (own, bytes) = (Of(version), new TracePoint(TraceKinds.Artifact, version.Sha256, version.RunId));
            if (walk.IsForward) continue;
            if (version.StepId is { } step) walk.Link(new TracePoint(TraceKinds.Step, step), own, "registered");
            else walk.Link(bytes, own, "version");
        }
        if (walk.IsForward) await ReadersAsync(db, versions, walk, cancellation);
    }

    private static async Task ReadersAsync(FlowsDb db, List<DataSetVersionRow> versions, TraceWalk walk, CancellationToken cancellation)
    {
        var digests = versions.Select(row => row.Sha256).Distinct().ToList();
        var gave = db.Set<AttemptArtifactRow>().Where(use => digests.Contains(use.Sha256) && use.Use == ArtifactUse.Output);
        var records = await TracedStep.RecordsAsync(db.Set<AttemptRow>().Where(row => gave.Any(use => use.RunId == row.RunId && use.StepId == row.StepId)), cancellation);
        foreach (var record in records.Where(TracedStep.Reads))
            foreach (var version in versions.Where(row => row.Name == TracedStep.SetNameOf(record) && record.Outputs.Any(output => output.Sha256 == row.Sha256) && row.CreatedAt <= record.FinishedAt))
                walk.Link(Of(version), new TracePoint(TraceKinds.Step, record.StepId), "read");
    }

    private static TracePoint Of(DataSetVersionRow row) => new(TraceKinds.DataSet, VersionedId.Of(row.Name, row.Version));

    private static TraceNode Node(DataSetVersionRow row)
    {
        var artifact = JsonNode.Parse(row.Artifact) as JsonObject;
        return new TraceNode(TraceKinds.DataSet, VersionedId.Of(row.Name, row.Version))
        {
            Title = $"{row.Name} {row.Version}",
            At = row.CreatedAt,
            By = row.Author,
            Facts = TraceWalk.Facts(("name", row.Name), ("version", row.Version), ("sha256", row.Sha256), ("description", row.Description.Length > 0 ? row.Description : null), ("size", artifact?["size"]?.DeepClone()),
                ("rows", artifact?["rows"]?.DeepClone()), ("columns", (artifact?["columns"] as JsonArray)?.Count), ("retrieved", artifact?["facts"]?.DeepClone())),
        };
    }
}
