using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Contract.Activities;

/// <summary>
/// The ports that one activity instance has: those of its descriptor and those it declares itself.
/// Dynamic data ports stand in <c>customProperties.ports</c> as
/// <c>{"inputs":[{"name","type"}], "outputs":[{"name","type"}], "parameters":[{"name","type","value"}]}</c>;
/// the value of a dynamic input is a wrapped input under its own name, like any other property.
/// </summary>
public static class FlowPorts
{
    public static IReadOnlyList<InputDescriptor> Inputs(FlowActivity activity, ActivityDescriptor descriptor) =>
        [.. descriptor.Inputs, .. Declared(activity, "inputs").Select(port => new InputDescriptor(port.Name, port.Name, port.Type) { IsPort = true, Required = true })];

    public static IReadOnlyList<OutputDescriptor> Outputs(FlowActivity activity, ActivityDescriptor descriptor) =>
        [.. descriptor.Outputs, .. Declared(activity, "outputs").Select(port => new OutputDescriptor(port.Name, port.Name, port.Type))];

    /// <summary>Control ports: fixed outcomes, FlowSwitch cases and Default, FlowFork branches, a definition's own outcomes, Error where a policy goes on after a fault.</summary>
    public static IReadOnlyList<string> Outcomes(FlowActivity activity, ActivityDescriptor descriptor) => WithError(activity, OwnOutcomes(activity, descriptor));

    /// <summary>Outcomes that the activity itself may choose: those without Error.</summary>
    public static IReadOnlyList<string> OwnOutcomes(FlowActivity activity, ActivityDescriptor descriptor) => activity.Type switch
    {
        "Elsa.FlowSwitch" => [.. activity.Json.Objects("cases").Select(c => c.Text("label") ?? "").Where(l => l.Length > 0), "Default"],
        "Elsa.FlowFork" when Branches(activity) is { Count: > 0 } branches => branches,
        "Flows.Approval" when Named(activity, "options") is { Count: > 0 } options => options,
        "Elsa.RunJavaScript" or "Elsa.SendHttpRequest" or "Elsa.FlowSendHttpRequest" => [.. descriptor.Outcomes.Union(Named(activity, "possibleOutcomes")).Union(Named(activity, "expectedStatusCodes"))],
        "Elsa.HttpEndpoint" => [.. descriptor.Outcomes, .. HttpActivities.OutcomesOf(activity)],
        _ => descriptor.Outcomes,
    };

    /// <summary>The outcomes, and <c>Error</c> when the activity goes on after a fault.</summary>
    public static IReadOnlyList<string> WithError(FlowActivity activity, IReadOnlyList<string> outcomes) =>
        StepPolicy.ContinuesOnError(activity) && !outcomes.Contains(StepPolicy.ErrorOutcome) ? [.. outcomes, StepPolicy.ErrorOutcome] : outcomes;

    /// <summary>True when an expression decides on the ports, so that they are not known before the run.</summary>
    public static bool AreOpen(FlowActivity activity) =>
        activity.Type is "Flows.Approval" && activity.Input("options") is { } options && !IsConstant(options)
        || activity.Type is "Elsa.FlowFork" && (activity.Input("branches") is { } branches && !IsConstant(branches))
        || activity.Type is "Elsa.RunJavaScript" && activity.Input("possibleOutcomes") is { } outcomes && !IsConstant(outcomes);

    private static IEnumerable<(string Name, string Type)> Declared(FlowActivity activity, string side) =>
        activity.CustomProperties["ports"] is JsonObject ports
            ? ports.Objects(side).Select(port => (port.Text("name") ?? "", port.Text("type") ?? "Table")).Where(port => port.Item1.Length > 0)
            : [];

    private static bool IsConstant(FlowInput input) => input.ExpressionType is ExpressionTypes.Literal or ExpressionTypes.Object or ExpressionTypes.Json;

    private static IReadOnlyList<string> Branches(FlowActivity activity) => Named(activity, "branches");

    private static IReadOnlyList<string> Named(FlowActivity activity, string field) => JsonReading.Unwrap(activity.Input(field)?.Value) switch
    {
        // Elsa's SendHttpRequest has an activity beside each code.
        JsonArray list => list.Select(one => one is JsonObject cased && cased.ContainsKey("statusCode") ? cased["statusCode"].AsText() : one.AsText()).OfType<string>().ToList(),
        JsonValue text when text.GetValueKind() == JsonValueKind.String => FromText(text.GetValue<string>()),
        _ => [],
    };

    private static IReadOnlyList<string> FromText(string text)
    {
        try { return JsonNode.Parse(text) is JsonArray list ? list.Select(JsonReading.AsText).OfType<string>().ToList() : []; }
        catch (JsonException) { return []; }
    }
}
