using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Provenance.Graphs;
using Flows.Contract.Runs;
using Flows.Hub.Approvals;
using Flows.Hub.Records;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Provenance.Kinds;

/// <summary>A run: who started it by what, and how it ended. Asked for itself it is all of its steps; on the way it is what one step belongs to.</summary>
internal sealed class TracedRun : ITraced
{
    public string Kind => TraceKinds.Run;

    public IQueryable<string> ProjectsOf(FlowsDb db, string id) => db.Set<RunRow>().IgnoreQueryFilters().Where(row => row.Id == id).Select(row => row.ProjectId);

    public async Task<string?> FindAsync(FlowsDb db, string id, CancellationToken cancellation) => await db.Set<RunRow>().AnyAsync(row => row.Id == id, cancellation) ? id : null;

    public async Task ReadAsync(FlowsDb db, IReadOnlyList<TracePoint> points, TraceWalk walk, CancellationToken cancellation)
    {
        var ids = points.Select(point => point.Id).Distinct().ToList();
        // The record may be large, and its steps are recorded one by one.
        var runs = await db.Set<RunRow>().AsNoTracking().Where(row => ids.Contains(row.Id))
            .Select(row => new { row.Id, row.Name, row.DefinitionId, row.Version, row.DefinitionDigest, row.Status, row.SubStatus, row.Trigger, row.Author, row.ParentRunId, row.CorrelationId, row.Request, row.CreatedAt, row.FinishedAt }).ToListAsync(cancellation);
        var approvals = (await db.Set<ApprovalRow>().AsNoTracking().Where(row => ids.Contains(row.RunId)).ToListAsync(cancellation)).ToLookup(row => row.RunId);
        foreach (var run in runs)
        {
            var request = JsonSerializer.Deserialize<RunRequest>(run.Request, ContractJson.Options);
            walk.Say(new TraceNode(Kind, run.Id)
            {
                Title = run.Name,
                At = run.CreatedAt,
                By = run.Author,
                Facts = TraceWalk.Facts(
                    ("flow", run.DefinitionId), ("version", run.Version), ("definitionDigest", run.DefinitionDigest), ("status", run.SubStatus.ToString()), ("trigger", run.Trigger),
                    ("parentRun", run.ParentRunId), ("correlationId", run.CorrelationId), ("goesOnFrom", request?.ResumedFrom), ("finishedAt", run.FinishedAt?.ToString("O")),
                    ("inputs", request?.Inputs is { Count: > 0 } inputs ? inputs.DeepClone() : null), ("approvals", Shown(approvals[run.Id]))),
            });
            if (!walk.IsForward && request?.ResumedFrom is { } before) walk.Link(new TracePoint(Kind, before), new TracePoint(Kind, run.Id), "goes on from");
        }
        await StepsAsync(db, [.. points.Where(point => point.IsSubject).Select(point => point.Id)], walk, cancellation);
    }

    // Back: the run's steps are looked at as if they had led to it; forward: as what it did.
    private static async Task StepsAsync(FlowsDb db, List<string> runs, TraceWalk walk, CancellationToken cancellation)
    {
        if (runs.Count == 0) return;
        var steps = await db.Set<AttemptRow>().AsNoTracking().Where(row => runs.Contains(row.RunId)).Select(row => new { row.RunId, row.StepId }).Distinct().ToListAsync(cancellation);
        foreach (var step in steps) walk.Within(new TracePoint(TraceKinds.Run, step.RunId), new TracePoint(TraceKinds.Step, step.StepId), "run");
    }

    private static JsonArray? Shown(IEnumerable<ApprovalRow> approvals) => approvals.Select(row => row.ToApproval()).ToList() is { Count: > 0 } asked
        ? [.. asked.Select(one => (JsonNode)TraceWalk.Facts(("question", one.Question), ("state", one.State.ToString()), ("answer", one.Answer), ("by", one.AnsweredBy), ("at", one.AnsweredAt?.ToString("O")), ("comment", one.Comment)))]
        : null;
}
