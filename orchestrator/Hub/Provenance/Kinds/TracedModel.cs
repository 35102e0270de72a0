using System.Text.Json.Nodes;
using Flows.Contract.Provenance.Graphs;
using Flows.Hub.Deployments;
using Flows.Hub.Models;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Provenance.Kinds;

/// <summary>A version of a model, <c>NAME:VERSION</c>: from the step that registered it; served by deployments.</summary>
internal sealed class TracedModel : ITraced
{
    public string Kind => TraceKinds.ModelVersion;

    public IQueryable<string> ProjectsOf(FlowsDb db, string id)
    {
        var name = VersionedId.Parse(id).Name;
        return db.Set<ModelVersionRow>().IgnoreQueryFilters().Where(row => row.Name == name).Select(row => row.ProjectId);
    }

    public async Task<string?> FindAsync(FlowsDb db, string id, CancellationToken cancellation)
    {
        var asked = VersionedId.Parse(id);
        var number = asked.Number ?? await db.Set<ModelAliasRow>().Where(row => row.Name == asked.Name && row.Alias == asked.Version).Select(row => (int?)row.Version).FirstOrDefaultAsync(cancellation);
        if (number is null && asked.Version != VersionedId.Latest) return null;
        var version = await db.Set<ModelVersionRow>().Where(row => row.Name == asked.Name && (number == null || row.Version == number)).MaxAsync(row => (int?)row.Version, cancellation);
        return version is { } found ? VersionedId.Of(asked.Name, found) : null;
    }

    public async Task ReadAsync(FlowsDb db, IReadOnlyList<TracePoint> points, TraceWalk walk, CancellationToken cancellation)
    {
        var (ids, names) = (points.Select(point => point.Id).ToHashSet(), points.Select(point => VersionedId.Parse(point.Id).Name).Distinct().ToList());
        var versions = (await db.Set<ModelVersionRow>().AsNoTracking().Where(row => names.Contains(row.Name)).ToListAsync(cancellation)).Where(row => ids.Contains(VersionedId.Of(row.Name, row.Version))).ToList();
        var aliases = await db.Set<ModelAliasRow>().AsNoTracking().Where(row => names.Contains(row.Name)).ToListAsync(cancellation);
        foreach (var version in versions)
        {
            walk.Say(Node(version, [.. aliases.Where(alias => alias.Name == version.Name && alias.Version == version.Version).Select(alias => alias.Alias)]));
            if (walk.IsForward) continue;
            if (version.StepId is { } step) walk.Link(new TracePoint(TraceKinds.Step, step), Of(version), "registered");
            else walk.Link(new TracePoint(TraceKinds.Artifact, version.Sha256), Of(version), "version");
        }
        if (walk.IsForward) await ServedAsync(db, versions, names, walk, cancellation);
    }

    private static async Task ServedAsync(FlowsDb db, List<ModelVersionRow> versions, List<string> names, TraceWalk walk, CancellationToken cancellation)
    {
        var periods = await db.Set<DeploymentPeriodRow>().AsNoTracking().Where(row => names.Contains(row.Model)).Select(row => new { row.Name, row.Model, row.Version }).Distinct().ToListAsync(cancellation);
        foreach (var version in versions)
            foreach (var served in periods.Where(period => period.Model == version.Name && period.Version == version.Version))
                walk.Link(Of(version), new TracePoint(TraceKinds.Deployment, served.Name, VersionedId.Of(version.Name, version.Version)), "served");
    }

    private static TracePoint Of(ModelVersionRow row) => new(TraceKinds.ModelVersion, VersionedId.Of(row.Name, row.Version));

    private static TraceNode Node(ModelVersionRow row, IReadOnlyList<string> aliases)
    {
        var artifact = JsonNode.Parse(row.Artifact) as JsonObject;
        return new TraceNode(TraceKinds.ModelVersion, VersionedId.Of(row.Name, row.Version))
        {
            Title = $"{row.Name} {row.Version}",
            At = row.CreatedAt,
            By = row.Author,
            Facts = TraceWalk.Facts(("name", row.Name), ("version", row.Version), ("sha256", row.Sha256), ("file", artifact?["name"]?.DeepClone()), ("size", artifact?["size"]?.DeepClone()), ("format", artifact?["facts"]?["format"]?.DeepClone()),
                ("trainer", artifact?["facts"]?["trainer"]?.DeepClone()), ("run", row.RunId), ("metrics", JsonNode.Parse(row.Metrics)), ("aliases", aliases.Count > 0 ? new JsonArray([.. aliases]) : null)),
        };
    }
}
