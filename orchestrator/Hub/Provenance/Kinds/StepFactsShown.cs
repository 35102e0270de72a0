using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Provenance;
using Flows.Contract.Provenance.Graphs;

namespace Flows.Hub.Provenance.Kinds;

/// <summary>What a trace tells of a step.</summary>
internal static class StepFactsShown
{
    public static TraceNode Node(AttemptRecord record) => new(TraceKinds.Step, record.StepId)
    {
        Title = record.ActivityId,
        At = record.StartedAt,
        By = record.Author,
        Facts = Facts(record),
    };

    private static JsonObject Facts(AttemptRecord record) => TraceWalk.Facts(
        ("run", record.RunId),
        ("activity", record.ActivityType),
        ("attempt", record.Attempt),
        ("finishedAt", record.FinishedAt?.ToString("O")),
        ("fault", record.Fault),
        ("runner", record.Runner),
        ("cachedFrom", record.CachedFrom),
        ("parameters", record.Parameters.Count > 0 ? record.Parameters.DeepClone() : null),
        ("metrics", Json(record.Metrics)),
        ("environment", Json(record.Environment)),
        ("used", Json(record.Used)),
        ("host", record.Facts?.Host),
        ("system", record.Facts?.System),
        ("program", record.Facts?.Program),
        ("gpus", Json(record.Facts?.Gpus)),
        ("image", record.Facts?.Image),
        ("code", Json(record.Facts?.Code)),
        ("seed", record.Facts?.Seed),
        ("exitCode", record.Facts?.ExitCode),
        ("undeclared", Json(record.Facts?.Stray)));

    private static JsonNode? Json<T>(T? value) => value is null ? null : JsonSerializer.SerializeToNode(value, ContractJson.Options);
}
