using Flows.Contract.Provenance.Graphs;
using Flows.Hub.Gateway.Predictions;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Provenance.Kinds;

/// <summary>An answer, by its request's id. Whoever asks may give the id, so that one may name several answers: the newest is meant.</summary>
internal sealed class TracedPrediction : ITraced
{
    public string Kind => TraceKinds.Prediction;

    public IQueryable<string> ProjectsOf(FlowsDb db, string id) => db.Set<PredictionRow>().IgnoreQueryFilters().Where(row => row.Id == id).Select(row => row.ProjectId);

    public async Task<string?> FindAsync(FlowsDb db, string id, CancellationToken cancellation) => await db.Set<PredictionRow>().AnyAsync(row => row.Id == id, cancellation) ? id : null;

    public async Task ReadAsync(FlowsDb db, IReadOnlyList<TracePoint> points, TraceWalk walk, CancellationToken cancellation)
    {
        var ids = points.Select(point => point.Id).ToList();
        var answers = await db.Set<PredictionRow>().AsNoTracking().Where(row => ids.Contains(row.Id)).OrderByDescending(row => row.At).ToListAsync(cancellation);
        foreach (var answer in answers.DistinctBy(row => row.Id))
        {
            walk.Say(new TraceNode(Kind, answer.Id)
            {
                Title = $"Answer of {answer.Deployment}",
                At = answer.At,
                By = answer.Author,
                Facts = TraceWalk.Facts(("deployment", answer.Deployment), ("model", answer.Model), ("version", answer.Version), ("route", answer.Route), ("status", answer.Status), ("milliseconds", answer.Milliseconds)),
            });
            if (!walk.IsForward) walk.Link(new TracePoint(TraceKinds.Deployment, answer.Deployment, VersionedId.Of(answer.Model, answer.Version)), new TracePoint(Kind, answer.Id), "answered");
        }
    }
}
