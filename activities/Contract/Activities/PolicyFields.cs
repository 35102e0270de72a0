using System.Runtime.CompilerServices;
using Flows.Contract.Starts;
using Flows.Contract.Triggers;

namespace Flows.Contract.Activities;

/// <summary>
/// What an activity's <c>customProperties</c> may say about how it is carried out, as fields that form and checks read alike.
/// A field's name is its path there: <c>faultPolicy.retries.count</c>.
/// </summary>
public static class PolicyFields
{
    public const string Faults = "When it fails";
    public const string Passes = "Passes";
    public const string Place = "Where and when it runs";
    public const string Cache = "Cached result";
    public const string Starting = "Starting the flow";

    /// <summary>Least and greatest <c>priority</c>; 0 when nothing is said.</summary>
    public const int MostPriority = 100;

    /// <summary>Longest life of a cached result in seconds: ten years.</summary>
    public const double LongestLifeSeconds = 10 * 365.25 * 24 * 3600;

    // They decide nothing and touch nothing, so that there is nothing that may go wrong.
    private static readonly HashSet<string> Sure = ["Elsa.Start", "Elsa.End", "Elsa.Finish", "Elsa.Complete", "Elsa.Break", "Elsa.FlowNode", "Elsa.FlowJoin", "Elsa.FlowFork"];

    private static readonly InputDescriptor Count = Number("faultPolicy.retries.count", "Retries", "Int32", "How often to try again after a fault.", 0, RetryPolicy.MostRetries) with { Group = Faults };

    private static readonly IReadOnlyList<InputDescriptor> Retrying =
    [
        Count,
        Number("faultPolicy.retries.delaySeconds", "Wait before a retry (s)", "Double", "Seconds before the first retry.", 0, StepPolicy.LongestSeconds, Count.Name) with { Default = 0 },
        new("faultPolicy.retries.backoff", "Later waits", "String") { Choices = ["constant", "exponential"], Default = "constant", Editor = "choice", Needs = Count.Name, Description = "Exponential doubles the wait with each retry." },
        Number("faultPolicy.retries.jitter", "Jitter", "Double", "Share of the wait by which it may be longer or shorter, so that many steps do not come back at once.", 0, 1, Count.Name) with { Default = 0 },
        new("faultPolicy.retries.on", "Only on these errors", "String[]") { Editor = "lines", Needs = Count.Name, Description = "Parts or patterns of messages, one a line; empty: every fault is tried again." },
        Number("faultPolicy.timeoutSeconds", "Time limit (s)", "Double", "Seconds that one attempt may take.", 0.001, StepPolicy.LongestSeconds),
    ];

    private static readonly InputDescriptor Continue = new("faultPolicy.continueOnError", "Go on after a fault", "Boolean")
    {
        Editor = "checkbox",
        Description = "The run goes on over the port Error where that is wired, else over Done.",
    };

    private static readonly InputDescriptor Share = Number("minSuccessShare", "Least share that succeeds", "Double", "Share of the passes that must succeed; empty: a fault in a pass is the run's.", 0, 1) with { Group = Passes };

    private static readonly InputDescriptor Parallel = Number("maxParallel", "Passes at once", "Int32", "How many passes run at once; empty: all.", 1, int.MaxValue) with { Group = Passes };

    private static readonly IReadOnlyList<InputDescriptor> Placing =
    [
        Number("priority", "Priority", "Int32", "Of steps that wait for a place, those with the greater number go first.", -MostPriority, MostPriority) with { Default = 0 },
        new("placement.labels", "Runner labels", "String[]") { Description = "Only runners that have all of these take the step, for example gpu; commas between them." },
        new("concurrency.key", "Takes turns as", "String") { Description = "Steps with the same key share the limit below, in all runs." },
        Number("concurrency.limit", "At once", "Int32", "Steps with this key that run at once.", 1, 10_000, "concurrency.key") with { Default = 1 },
    ];

    private static readonly IReadOnlyList<InputDescriptor> Caching =
    [
        new("cache.enabled", "Keep its result", "Boolean") { Editor = "checkbox", Description = "A later step with the same inputs, settings, code and environment takes the result instead of running. Only for work that gives the same from the same." },
        Number("cache.ttlSeconds", "Keep for (s)", "Double", "Seconds after which it is done anew; empty: no limit.", 0.001, LongestLifeSeconds, "cache.enabled"),
    ];

    private static readonly InputDescriptor Starts = new("canStartWorkflow", "Starts the flow", "Boolean") { Editor = "checkbox", Description = "Once published, the flow starts by it; else a run waits here." };

    private static readonly IReadOnlyList<InputDescriptor> Storms =
    [
        Number("trigger.maxActive", "Runs at once", "Int32", $"Runs of this trigger at once, those that wait for something among them; further ones wait. Empty: {TriggerPolicy.DefaultActive} busy ones.", 1, TriggerPolicy.Most),
        Number("trigger.maxQueued", "Waiting at most", "Int32", $"What comes beyond is refused, and shown here as an error. Empty: {TriggerPolicy.DefaultQueued}.", 0, TriggerPolicy.Most),
        Number("debounce.quietSeconds", "Quiet time (s)", "Double", "Gather what comes until nothing has come for so long; it becomes one run. Empty: each is a run.", 0.001, DebouncePolicy.LongestSeconds),
        Number("debounce.maxWaitSeconds", "Longest wait (s)", "Double", "Start after so long even if more keeps coming.", 0.001, DebouncePolicy.LongestSeconds, "debounce.quietSeconds"),
        new("debounce.gather", "Of those gathered", "String") { Choices = ["last", "list"], Default = "last", Editor = "choice", Needs = "debounce.quietSeconds", Description = "The run gets the last, or as its input 'requests' all of them." },
    ];

    // Checks ask for them at every node.
    private static readonly ConditionalWeakTable<ActivityDescriptor, IReadOnlyList<InputDescriptor>> Known = [];

    public static IReadOnlyList<InputDescriptor> Of(ActivityDescriptor activity) => Known.GetValue(activity, Gather);

    private static IReadOnlyList<InputDescriptor> Gather(ActivityDescriptor activity) =>
    [
        .. activity.IsTrigger ? In(Starting, activity.OnlyStarts ? Storms : [Starts, .. Storms]) : [],
        .. activity.Slots.Count == 0 && !Sure.Contains(activity.Type) && !activity.OnlyStarts ? In(Faults, Retrying) : [],
        .. Sure.Contains(activity.Type) || activity.OnlyStarts ? [] : In(Faults, [Continue]),
        .. activity.Type == "Elsa.ParallelForEach" ? [Parallel] : Array.Empty<InputDescriptor>(),
        .. activity.Type is "Elsa.ForEach" or "Elsa.ParallelForEach" ? [Share] : Array.Empty<InputDescriptor>(),
        .. activity.Queue == ActivityDescriptor.Inline ? [] : In(Place, Placing),
        .. activity.Cacheable ? In(Cache, Caching) : [],
    ];

    private static IEnumerable<InputDescriptor> In(string group, IReadOnlyList<InputDescriptor> fields) => fields.Select(field => field with { Group = group });

    private static InputDescriptor Number(string name, string title, string type, string description, double least, double most, string? needs = null) =>
        new(name, title, type) { Description = description, Editor = "number", Minimum = least, Maximum = most, Needs = needs };
}
