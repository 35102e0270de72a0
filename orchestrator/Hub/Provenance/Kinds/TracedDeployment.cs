using System.Text.Json.Nodes;
using Flows.Contract.Provenance.Graphs;
using Flows.Hub.Deployments;
using Flows.Hub.Gateway.Predictions;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Provenance.Kinds;

/// <summary>What answered under a name, and which version it served from when to when; also one that was removed since.</summary>
internal sealed class TracedDeployment : ITraced
{
    /// <summary>Newest predictions of a deployment that a trace forwards names; how many there are it says.</summary>
    private const int MostPredictions = 100;

    public string Kind => TraceKinds.Deployment;

    public IQueryable<string> ProjectsOf(FlowsDb db, string id) => db.Set<DeploymentPeriodRow>().IgnoreQueryFilters().Where(row => row.Name == id).Select(row => row.ProjectId);

    public async Task<string?> FindAsync(FlowsDb db, string id, CancellationToken cancellation) => await db.Set<DeploymentPeriodRow>().AnyAsync(row => row.Name == id, cancellation) ? id : null;

    public async Task ReadAsync(FlowsDb db, IReadOnlyList<TracePoint> points, TraceWalk walk, CancellationToken cancellation)
    {
        var names = points.Select(point => point.Id).Distinct().ToList();
        var periods = (await db.Set<DeploymentPeriodRow>().AsNoTracking().Where(row => names.Contains(row.Name)).OrderBy(row => row.From).ToListAsync(cancellation)).ToLookup(row => row.Name);
        foreach (var point in points)
        {
            var served = periods[point.Id].ToList();
            if (served.Count > 0) walk.Say(Node(point.Id, served));
            if (walk.IsForward) await AnsweredAsync(db, point, walk, cancellation);
            else foreach (var version in served.Select(period => VersionedId.Of(period.Model, period.Version)).Where(version => (point.Context ?? version) == version).Distinct())
                walk.Link(new TracePoint(TraceKinds.ModelVersion, version), point, "served");
        }
    }

    private static async Task AnsweredAsync(FlowsDb db, TracePoint point, TraceWalk walk, CancellationToken cancellation)
    {
        var version = point.Context is { } context ? VersionedId.Parse(context) : null;
        var answers = db.Set<PredictionRow>().AsNoTracking().Where(row => row.Deployment == point.Id);
        if (version is { Number: { } number }) answers = answers.Where(row => row.Model == version.Name && row.Version == number);
        var newest = await answers.OrderByDescending(row => row.At).Take(MostPredictions).Select(row => row.Id).ToListAsync(cancellation);
        walk.Say(new TraceNode(TraceKinds.Deployment, point.Id) { Facts = TraceWalk.Facts(("predictions", newest.Count < MostPredictions ? newest.Count : await answers.LongCountAsync(cancellation))) });
        foreach (var id in newest) walk.Link(point, new TracePoint(TraceKinds.Prediction, id), "answered");
    }

    private static TraceNode Node(string name, List<DeploymentPeriodRow> served) => new(TraceKinds.Deployment, name)
    {
        Title = name,
        At = served[0].From,
        By = served[^1].Author,
        Facts = TraceWalk.Facts(("endpoint", $"/serve/{name}"), ("periods", new JsonArray([.. served.Select(Shown)]))),
    };

    private static JsonNode Shown(DeploymentPeriodRow period) => TraceWalk.Facts(
        ("model", period.Model), ("version", period.Version), ("from", period.From.ToString("O")), ("until", period.Until?.ToString("O")), ("by", period.Author), ("run", period.RunId));
}
