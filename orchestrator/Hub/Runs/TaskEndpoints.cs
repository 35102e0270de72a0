using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Runs;

/// <summary>Tasks that RunTask steps ask somebody outside to do. A task's id is its step's bookmark.</summary>
internal static class TaskEndpoints
{
    private const string RunTask = "Elsa.RunTask";

    /// <summary>Tasks that nobody has reported yet, oldest first; with a name only those.</summary>
    public static async Task<Ok<IReadOnlyList<OpenTask>>> ListAsync(string? name, WaitingSteps waiting, RunReader runs, CancellationToken cancellation)
    {
        var rows = name is null ? await waiting.OfTypeAsync(RunTask, cancellation) : await waiting.FindAsync(RunTask, name, null, cancellation);
        var open = new List<OpenTask>();
        foreach (var run in rows.GroupBy(row => row.RunId))
        {
            if (await runs.FindAsync(run.Key, cancellation) is not { } record) continue;
            open.AddRange(run.Where(row => record.Bookmarks.Any(bookmark => bookmark.Id == row.Id))
                .Select(row => new OpenTask(row.Id, row.Name, row.RunId, row.ActivityId, PayloadOf(record, row.StepId)) { CorrelationId = row.CorrelationId }));
        }
        return TypedResults.Ok<IReadOnlyList<OpenTask>>(open);
    }

    /// <summary>The task is done: its step goes on with the result.</summary>
    public static async Task<Results<Accepted, ProblemHttpResult>> CompleteAsync(string id, TaskResult? done, RunHost host, RunReader runs, CancellationToken cancellation)
    {
        var runId = BookmarkRow.RunOf(id);
        if (await runs.FindAsync(runId, cancellation) is not { } run || !run.Bookmarks.Any(bookmark => bookmark.Id == id && bookmark is { ActivityType: RunTask, Halt: null })
            || await host.PostAsync(runId, new RunEvent.BookmarkResumed(id, done?.Result), cancellation) is Posted.Unknown or Posted.Over)
            return Problems.NotFound($"There is no open task '{id}'.");
        return TypedResults.Accepted($"/api/runs/{runId}");
    }

    private static JsonNode? PayloadOf(RunRecord record, string? stepId) => record.Steps.FirstOrDefault(step => step.StepId == stepId)?.Inputs?["payload"]?.DeepClone();
}

/// <param name="Payload">What the task needs, as the step gave it; null also where the step's record does not show it.</param>
public sealed record OpenTask(string Id, string Name, string RunId, string ActivityId, JsonNode? Payload)
{
    public string? CorrelationId { get; init; }
}

public sealed record TaskResult(JsonNode? Result);
