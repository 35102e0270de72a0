using Flows.Contract.Triggers;
using Flows.Engine.Activities;

namespace Flows.Hub.Triggers;

/// <summary>What the record of a run says started it.</summary>
internal static class TriggerKinds
{
    public static string Of(string activityType) => activityType switch
    {
        _ when Schedules.Has(activityType) => "schedule",
        Stimulus.Event => "event",
        Stimulus.HttpEndpoint => "http",
        _ => Words(activityType.Split('.')[^1]),
    };

    // CodeChanged reads "code changed".
    private static string Words(string name) => string.Concat(name.Select((letter, at) => at > 0 && char.IsUpper(letter) ? " " + char.ToLowerInvariant(letter) : char.ToLowerInvariant(letter).ToString()));
}
