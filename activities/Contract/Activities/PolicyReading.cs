using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Contract.Activities;

/// <summary>One nonsensical value of a policy.</summary>
/// <param name="Field">For example <c>faultPolicy.retries.count</c>.</param>
/// <param name="Message">Goes on after the field's name: <c>must be …</c>.</param>
public sealed record PolicyProblem(string Field, string Message, string Fix);

/// <summary>A <c>faultPolicy</c> as it was read, with everything that is wrong with it.</summary>
public sealed class PolicyReading
{
    private static readonly string[] Known = ["retries", "timeoutSeconds", "continueOnError"];
    private static readonly string[] KnownOfRetries = ["count", "delaySeconds", "backoff", "jitter", "on"];

    private readonly List<PolicyProblem> _problems = [];

    private PolicyReading(JsonNode json)
    {
        if (json is not JsonObject policy)
        {
            Wrong("faultPolicy", "must be a JSON object", "Write {\"retries\": {\"count\": 3}}, or remove it.");
            return;
        }
        Strange(policy, "faultPolicy", Known);
        Policy = new StepPolicy
        {
            Retries = Retries(policy["retries"]),
            TimeoutSeconds = Number(policy, "faultPolicy", "timeoutSeconds", 0.001, StepPolicy.LongestSeconds),
            ContinueOnError = Flag(policy),
        };
    }

    public StepPolicy Policy { get; } = new();

    public IReadOnlyList<PolicyProblem> Problems => _problems;

    /// <summary>Null when there is nothing to read.</summary>
    public static PolicyReading? Of(JsonNode? json) => json is null ? null : new PolicyReading(json);

    private RetryPolicy? Retries(JsonNode? json)
    {
        const string at = "faultPolicy.retries";
        if (json is null) return null;
        if (json is not JsonObject retries)
        {
            Wrong(at, "must be a JSON object", "Write {\"count\": 3, \"delaySeconds\": 10}.");
            return null;
        }
        Strange(retries, at, KnownOfRetries);
        var count = Number(retries, at, "count", 0, RetryPolicy.MostRetries);
        if (!retries.ContainsKey("count")) Wrong(at + ".count", "is missing", "Say how often to try again.");
        if (count is { } number && number != Math.Floor(number)) Wrong(at + ".count", "must be a whole number", "Write it without decimals.");
        var policy = new RetryPolicy((int)(count ?? 0))
        {
            DelaySeconds = Number(retries, at, "delaySeconds", 0, StepPolicy.LongestSeconds) ?? 0,
            Jitter = Number(retries, at, "jitter", 0, 1) ?? 0,
            Backoff = BackoffOf(retries, at),
            On = Messages(retries["on"], at + ".on"),
        };
        return policy.Count == 0 ? null : policy;
    }

    private Backoff BackoffOf(JsonObject retries, string at)
    {
        switch (retries["backoff"].AsText()?.ToLowerInvariant())
        {
            case null or "constant": return Backoff.Constant;
            case "exponential": return Backoff.Exponential;
            case var other:
                Wrong(at + ".backoff", $"must be constant or exponential, not '{other}'", "Choose one of the two.");
                return Backoff.Constant;
        }
    }

    private IReadOnlyList<string> Messages(JsonNode? on, string field)
    {
        if (on is null) return [];
        var texts = (on as JsonArray ?? [on.DeepClone()]).Select(one => one?.GetValueKind() == JsonValueKind.String ? one.GetValue<string>() : "").ToList();
        if (texts.Any(string.IsNullOrWhiteSpace)) Wrong(field, "must be a list of texts, none of them empty", "Write parts of the messages that are worth a retry, for example [\"timed out\"].");
        return texts.FindAll(text => !string.IsNullOrWhiteSpace(text));
    }

    private bool Flag(JsonObject policy)
    {
        if (policy["continueOnError"] is { } flag && flag.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
            Wrong("faultPolicy.continueOnError", "must be true or false", "Choose true or false.");
        return policy.Flag("continueOnError");
    }

    private double? Number(JsonObject json, string at, string name, double least, double most)
    {
        if (json[name] is not { } value) return null;
        if (value.AsNumber() is { } number && number >= least && number <= most) return number;
        Wrong($"{at}.{name}", FormattableString.Invariant($"must be a number between {least} and {most}, not {Shown(value)}"), "Choose a value in that range, or remove it.");
        return null;
    }

    private void Strange(JsonObject json, string at, string[] known)
    {
        foreach (var (name, _) in json)
        {
            if (!known.Contains(name)) Wrong($"{at}.{name}", "is not known", $"Use {string.Join(", ", known)}.");
        }
    }

    private static string Shown(JsonNode value) => value.ToJsonString(ContractJson.Options) is { Length: > 60 } text ? text[..60] + "…" : value.ToJsonString(ContractJson.Options);

    private void Wrong(string field, string message, string fix) => _problems.Add(new PolicyProblem(field, message, fix));
}
