using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;

namespace Flows.Library.Training;

/// <summary>Figures as an artifact of kind <c>Metrics</c>: a JSON object of numbers, which is also the artifact's facts.</summary>
internal static class MetricsFile
{
    public static async Task<Artifact> StoreAsync(ActivityContext context, IReadOnlyDictionary<string, double> figures, CancellationToken cancellation)
    {
        var json = JsonSerializer.SerializeToNode(figures, ContractJson.Options)!.AsObject();
        var path = Path.Combine(context.WorkFolder, "metrics.json");
        await File.WriteAllTextAsync(path, json.ToJsonString(ContractJson.Indented), cancellation);
        return await context.Artifacts.PutFileAsync(path, "Metrics", "metrics.json", cancellation) with { Facts = json };
    }

    /// <summary>The figures of a metrics artifact, or of a plain object of numbers.</summary>
    public static IReadOnlyDictionary<string, double> Read(JsonNode? metrics)
    {
        var json = Artifact.From(metrics) is { } artifact ? artifact.Facts : metrics as JsonObject;
        return (json ?? []).Select(pair => (pair.Key, Value: Figure(pair.Value))).Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value!.Value);
    }

    // JSON has no NaN and no infinities: words stand for them.
    private static double? Figure(JsonNode? value) => value is not JsonValue given ? null
        : given.TryGetValue<double>(out var number) ? number
        : given.TryGetValue<string>(out var word) ? word switch { "NaN" => double.NaN, "Infinity" => double.PositiveInfinity, "-Infinity" => double.NegativeInfinity, _ => null }
        : null;
}
