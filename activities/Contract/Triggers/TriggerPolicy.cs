using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Contract.Starts;

namespace Flows.Contract.Triggers;

/// <summary>
/// How a trigger's storms are bounded: its <c>customProperties.trigger</c>, as <c>{"maxActive": 4, "maxQueued": 1000}</c>, and
/// its <c>customProperties.debounce</c>, else its flow's.
/// </summary>
public sealed class TriggerPolicy
{
    public const int DefaultActive = 32;

    public const int DefaultQueued = 1000;

    public const int Most = 100_000;

    private static readonly string[] Known = ["maxActive", "maxQueued"];

    private readonly List<PolicyProblem> _problems = [];

    private TriggerPolicy(FlowDefinition? flow, FlowActivity trigger)
    {
        var said = trigger.CustomProperties["trigger"];
        if (said is not null and not JsonObject) Wrong("trigger", "must be a JSON object", "Write {\"maxActive\": 4}, or remove it.");
        var json = said as JsonObject ?? [];
        foreach (var (name, _) in json.Where(entry => !Known.Contains(entry.Key))) Wrong("trigger." + name, "is not known", $"Use {string.Join(", ", Known)}.");
        CountsSuspended = json.ContainsKey("maxActive");
        MaxActive = Number(json, "maxActive", 1) ?? DefaultActive;
        MaxQueued = Number(json, "maxQueued", 0) ?? DefaultQueued;
        var own = DebouncePolicy.Read(trigger.CustomProperties["debounce"]);
        _problems.AddRange(own?.Problems ?? []);
        Debounce = (own ?? (flow is null ? null : DebouncePolicy.Of(flow))) is { Problems.Count: 0 } debounce ? debounce : null;
    }

    /// <summary>Runs of this trigger at once; further fires wait.</summary>
    public int MaxActive { get; }

    /// <summary>Where the trigger says how many, a run that waits for something is one of them; else only those that are busy count.</summary>
    public bool CountsSuspended { get; }

    /// <summary>Fires that may wait; what comes beyond is refused.</summary>
    public int MaxQueued { get; }

    /// <summary>How many fires become one run; null: each is a run.</summary>
    public DebouncePolicy? Debounce { get; }

    public IReadOnlyList<PolicyProblem> Problems => _problems;

    /// <param name="flow">Null when only what the trigger itself says matters.</param>
    public static TriggerPolicy Of(FlowDefinition? flow, FlowActivity trigger) => new(flow, trigger);

    private int? Number(JsonObject json, string name, int least)
    {
        if (json[name] is not { } value) return null;
        if (value.AsNumber() is { } number && number >= least && number <= Most && number == Math.Floor(number)) return (int)number;
        Wrong("trigger." + name, $"must be a whole number from {least} to {Most}", "Choose a number in that range, or remove it.");
        return null;
    }

    private void Wrong(string field, string message, string fix) => _problems.Add(new PolicyProblem(field, message, fix));
}
