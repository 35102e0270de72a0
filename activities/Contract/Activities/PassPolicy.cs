using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Contract.Activities;

/// <summary>How a loop over items takes its passes: <c>customProperties.maxParallel</c> and <c>customProperties.minSuccessShare</c>.</summary>
/// <param name="MaxParallel">Passes at once, at least 1; null for all.</param>
/// <param name="MinSuccessShare">Share of the passes, 0 to 1, that must succeed; null: a fault in a pass is the run's.</param>
public sealed record PassPolicy(int? MaxParallel, double? MinSuccessShare)
{
    /// <summary>Values that make no sense count as absent; the checks name them.</summary>
    public static PassPolicy Of(FlowActivity activity) =>
        new(MaxParallelOf(activity.CustomProperties["maxParallel"]), MinSuccessShareOf(activity.CustomProperties["minSuccessShare"]));

    public static int? MaxParallelOf(JsonNode? json) => json.AsNumber() is { } number && number >= 1 && number <= int.MaxValue && number == Math.Floor(number) ? (int)number : null;

    public static double? MinSuccessShareOf(JsonNode? json) => json.AsNumber() is { } share and >= 0 and <= 1 ? share : null;
}
