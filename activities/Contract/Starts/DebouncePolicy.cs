using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Contract.Starts;

/// <summary>
/// How many requests to start a flow become one run: its definition's <c>customProperties.debounce</c>, as
/// <c>{"quietSeconds": 30, "maxWaitSeconds": 600, "key": "table", "gather": "last"}</c>.
/// </summary>
public sealed class DebouncePolicy
{
    /// <summary>Longest quiet and longest wait, in seconds: a day.</summary>
    public const double LongestSeconds = 24 * 3600;

    private static readonly string[] Known = ["quietSeconds", "maxWaitSeconds", "key", "gather"];

    private readonly List<PolicyProblem> _problems = [];

    private DebouncePolicy(JsonObject json)
    {
        foreach (var (name, _) in json.Where(entry => !Known.Contains(entry.Key))) Wrong(name, "is not known", $"Use {string.Join(", ", Known)}.");
        QuietSeconds = Seconds(json, "quietSeconds") ?? 0;
        if (json["quietSeconds"] is null) Wrong("quietSeconds", "is missing", "Say how many seconds without a request start the run.");
        MaxWaitSeconds = Seconds(json, "maxWaitSeconds");
        if (MaxWaitSeconds < QuietSeconds) Wrong("maxWaitSeconds", "must not be less than quietSeconds", "Make it longer, or remove it.");
        Key = json.Text("key") is { Length: > 0 } key ? key : null;
        GathersAll = json.Text("gather") == "list";
        if (json["gather"] is { } gather && gather.AsText() is not ("last" or "list")) Wrong("gather", "must be last or list", "Choose one of the two.");
    }

    /// <summary>Seconds without a request after which the run starts.</summary>
    public double QuietSeconds { get; }

    /// <summary>Seconds after the first request at which the run starts even if more keep coming; null: it waits as long as they do.</summary>
    public double? MaxWaitSeconds { get; }

    /// <summary>An input of the flow: only requests with the same value of it become one run; null: all do.</summary>
    public string? Key { get; }

    /// <summary>The run gets every request's inputs as the input <c>requests</c>, besides those of the last.</summary>
    public bool GathersAll { get; }

    public IReadOnlyList<PolicyProblem> Problems => _problems;

    /// <summary>Null when the flow says nothing.</summary>
    public static DebouncePolicy? Of(FlowDefinition flow) => Read(flow.CustomProperties["debounce"]);

    /// <summary>The same for a trigger of a flow that says it by itself.</summary>
    public static DebouncePolicy? Read(JsonNode? said) => said switch
    {
        null => null,
        JsonObject json => new DebouncePolicy(json),
        _ => new DebouncePolicy([]),
    };

    /// <summary>Which window a request belongs to.</summary>
    public string WindowOf(JsonObject? inputs) => Key is null ? "" : inputs?[Key]?.ToJsonString(ContractJson.Options) ?? "null";

    public DateTimeOffset Due(DateTimeOffset first, DateTimeOffset last)
    {
        var quiet = last.AddSeconds(QuietSeconds);
        return MaxWaitSeconds is { } most && first.AddSeconds(most) is var latest && latest < quiet ? latest : quiet;
    }

    private double? Seconds(JsonObject json, string name)
    {
        if (json[name] is not { } value) return null;
        if (value.AsNumber() is { } seconds and > 0 and <= LongestSeconds) return seconds;
        Wrong(name, FormattableString.Invariant($"must be a number of seconds, more than 0 and at most {LongestSeconds}"), "Choose a value in that range.");
        return null;
    }

    private void Wrong(string field, string message, string fix) => _problems.Add(new PolicyProblem("debounce." + field, message, fix));
}
