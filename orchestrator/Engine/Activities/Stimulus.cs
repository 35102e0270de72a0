using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Engine.Activities;

/// <summary>What comes from outside to an activity that waits for it or that starts a flow: what it is called, and what it leaves behind.</summary>
public static class Stimulus
{
    public const string HttpEndpoint = "Elsa.HttpEndpoint";

    public const string Event = "Elsa.Event";

    public const string Alert = "Flows.Alert";

    /// <summary>An alert is an event of this name and the alert's.</summary>
    public const string AlertPrefix = "alert:";

    /// <summary>What starts or resumes the activity, by its evaluated inputs: <c>get /path</c> for each method, an event's name, a schedule's text.</summary>
    public static IReadOnlyList<string> KeysOf(string activityType, JsonObject inputs) => activityType switch
    {
        HttpEndpoint => [.. MethodsOf(inputs).Select(method => $"{method} {PathOf(inputs)}")],
        Event => Named(inputs, "eventName"),
        "Elsa.RunTask" => Named(inputs, "taskName"),
        "Elsa.Timer" => Named(inputs, "interval"),
        "Elsa.Cron" => Named(inputs, "cronExpression"),
        "Elsa.StartAt" => Named(inputs, "dateTime"),
        Alert => Named(inputs, "alert"),
        // What they look at says nothing by which anybody would look them up.
        _ when OwnTrigger(activityType) is not null => [""],
        _ => [],
    };

    /// <summary>Under what a waiting step is found: <c>get,post /path</c>, an event's or a task's name; null for one that only the clock or a person resumes.</summary>
    public static string? NameOf(string activityType, JsonObject inputs) => activityType switch
    {
        HttpEndpoint => $"{string.Join(',', MethodsOf(inputs))} {PathOf(inputs)}",
        Event or "Elsa.RunTask" => KeysOf(activityType, inputs).FirstOrDefault(),
        _ => null,
    };

    /// <summary>The path with one slash before it and none after it.</summary>
    public static string PathOf(JsonObject inputs) => "/" + (inputs.Text("path") ?? "").Trim('/', ' ');

    /// <summary>In lower case; GET when none is chosen.</summary>
    public static IReadOnlyList<string> MethodsOf(JsonObject inputs) => inputs["supportedMethods"] switch
    {
        JsonArray { Count: > 0 } methods => [.. methods.Select(method => method.AsText()?.Trim().ToLowerInvariant() ?? "").Where(method => method.Length > 0).Distinct()],
        _ => ["get"],
    };

    // A request spreads over the endpoint's outputs; anything else is the result as it is.
    internal static JsonObject? OutputsOf(string activityType, JsonNode? input)
    {
        if (input is null) return null;
        if (input is JsonObject payload && OwnTrigger(activityType) is { } trigger)
            return new JsonObject(trigger.Outputs.Where(output => payload.ContainsKey(output.Name)).Select(output => KeyValuePair.Create(output.Name, payload[output.Name]?.DeepClone())).Prepend(new("result", payload.DeepClone())));
        if (activityType != HttpEndpoint || input is not JsonObject request) return new JsonObject { ["result"] = input.DeepClone() };
        var outputs = new JsonObject { ["result"] = new JsonObject(request.Where(part => !Parts.Contains(part.Key)).Select(Copy)) };
        foreach (var part in request.Where(part => Parts.Contains(part.Key) && part.Key != "outcome")) outputs[part.Key] = part.Value?.DeepClone();
        return outputs;
    }

    internal static IReadOnlyList<string>? OutcomesOf(string activityType, JsonNode? input) =>
        activityType == HttpEndpoint && (input as JsonObject)?.Text("outcome") is { } outcome ? [outcome] : null;

    private static ActivityDescriptor? OwnTrigger(string activityType) => OwnTriggers.GetValueOrDefault(activityType);

    private static readonly Dictionary<string, ActivityDescriptor> OwnTriggers = TriggerActivities.Descriptors.ToDictionary(descriptor => descriptor.Type);

    private static readonly string[] Parts = ["routeData", "queryStringData", "headers", "parsedContent", "files", "outcome"];

    private static KeyValuePair<string, JsonNode?> Copy(KeyValuePair<string, JsonNode?> part) => KeyValuePair.Create(part.Key, part.Value?.DeepClone());

    private static IReadOnlyList<string> Named(JsonObject inputs, string field) => inputs[field].AsText() is { Length: > 0 } name ? [name] : [];
}
