using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Contract.Activities;

/// <summary>
/// What happens when a step faults: <c>customProperties.faultPolicy</c> of its activity, as
/// <c>{"retries": {"count", "delaySeconds", "backoff", "jitter", "on"}, "timeoutSeconds", "continueOnError"}</c>.
/// A value that makes no sense counts as absent here; <see cref="PolicyReading.Problems"/> says what is wrong with it.
/// </summary>
public sealed record StepPolicy
{
    /// <summary>Longest time limit and longest delay before a retry, in seconds: seven days.</summary>
    public const double LongestSeconds = 7 * 24 * 3600;

    public RetryPolicy? Retries { get; init; }

    /// <summary>Seconds that one attempt may take, more than 0; null for no limit.</summary>
    public double? TimeoutSeconds { get; init; }

    /// <summary>The fault is recorded, and the run goes on over <c>Error</c> where that is wired, else over <c>Done</c>.</summary>
    public bool ContinueOnError { get; init; }

    /// <summary>The outcome that a step takes which faulted and goes on, where something is wired to it.</summary>
    public const string ErrorOutcome = "Error";

    /// <summary>The activity's policy; null when it has none.</summary>
    public static StepPolicy? Of(FlowActivity activity) => PolicyReading.Of(activity.CustomProperties["faultPolicy"])?.Policy;

    /// <summary>Whether the activity goes on after a fault, without reading the rest of its policy.</summary>
    public static bool ContinuesOnError(FlowActivity activity) =>
        activity.CustomProperties["faultPolicy"] is JsonObject policy && policy.Flag("continueOnError");
}
