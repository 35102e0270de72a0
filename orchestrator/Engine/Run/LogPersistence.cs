using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Engine.Run;

internal enum LogMode { Inherit, Include, Exclude }

/// <summary>
/// Which values of a step its record shows, by Elsa's customProperties of the activity and of the flow that it belongs to:
/// <c>logPersistenceConfig</c> as <c>{default, inputs: {name: rule}, outputs: {name: rule}}</c> with rules
/// <c>{evaluationMode: Strategy, strategyType}</c> or <c>{evaluationMode: Expression, expression}</c>, or the older
/// <c>logPersistenceMode</c> of the same shape (or one word for all) with the words Include, Exclude, Inherit.
/// What a value inherits is the activity's default, then the flow's; where nobody says anything it is shown.
/// The journal keeps every value: a run could not be replayed without.
/// </summary>
internal sealed class LogPersistence(JsonObject activity, JsonObject flow)
{
    private readonly bool _saysNothing = !Says(activity) && !Says(flow);

    public static LogPersistence Of(FlowActivity activity, FlowDefinition flow) => new(activity.CustomProperties, flow.CustomProperties);

    /// <summary>What the record shows of a step's inputs or outputs.</summary>
    /// <param name="decided">What expressions decided when the step was carried out, by <c>side.name</c>.</param>
    public JsonObject? Keep(JsonObject? values, string side, IReadOnlyDictionary<string, bool>? decided)
    {
        if (_saysNothing || values is null) return (JsonObject?)values?.DeepClone();
        var kept = new JsonObject();
        foreach (var (name, value) in values)
        {
            if (decided?.TryGetValue($"{side}.{name}", out var shown) == true ? shown : Shows(side, name, Constant)) kept[name] = value?.DeepClone();
        }
        return kept;
    }

    /// <summary>What only an expression can tell about these values; null when nothing is left to it.</summary>
    /// <param name="evaluate">Null when it cannot be told: the next rule decides then.</param>
    public IReadOnlyDictionary<string, bool>? Decide(IEnumerable<string> inputs, IEnumerable<string> outputs, Func<FlowInput, JsonNode?> evaluate)
    {
        if (_saysNothing || !HasExpressions()) return null;
        var decided = new Dictionary<string, bool>();
        foreach (var name in inputs) decided[$"inputs.{name}"] = Shows("inputs", name, input => Word(evaluate(input)));
        foreach (var name in outputs) decided[$"outputs.{name}"] = Shows("outputs", name, input => Word(evaluate(input)));
        return decided;
    }

    private bool Shows(string side, string name, Func<FlowInput, LogMode> ask)
    {
        foreach (var rule in new[] { Rule(activity, side, name), Rule(activity, "default", null), Rule(flow, "default", null) })
        {
            if (Mode(rule, ask) is var mode and not LogMode.Inherit) return mode == LogMode.Include;
        }
        return true;
    }

    private static JsonNode? Rule(JsonObject properties, string key, string? name) =>
        Entry(properties["logPersistenceConfig"], key, name) ?? Entry(properties["logPersistenceMode"], key, name);

    // One word for all is the default.
    private static JsonNode? Entry(JsonNode? rules, string key, string? name) => rules switch
    {
        JsonObject map when name is null => map[key],
        JsonObject map => (map[key] as JsonObject)?[name],
        _ => name is null ? rules : null,
    };

    private static LogMode Mode(JsonNode? rule, Func<FlowInput, LogMode> ask)
    {
        if (rule is not JsonObject config) return Word(rule);
        if (IsExpression(config)) return FlowInput.Read(config["expression"]) is { } input ? ask(input) : LogMode.Inherit;
        return Word(config["strategyType"] ?? config["evaluationMode"] ?? config["value"]);
    }

    // A word, a number of Elsa's enum, or the type of a strategy: "Elsa.Workflows.LogPersistence.Strategies.Exclude, Elsa.Workflows.Core".
    private static LogMode Word(JsonNode? said) =>
        Enum.TryParse<LogMode>(said.AsText()?.Split(',')[0].Split('.')[^1], ignoreCase: true, out var mode) && Enum.IsDefined(mode) ? mode : LogMode.Inherit;

    // Unless a literal says it, what an expression would have said is not known here: rather hide than show.
    private static LogMode Constant(FlowInput input) => input.ExpressionType == ExpressionTypes.Literal ? Word(input.Value) : LogMode.Exclude;

    private static bool IsExpression(JsonObject config) => config["evaluationMode"].AsText() is "Expression" or "1";

    private static bool Says(JsonObject properties) => properties["logPersistenceConfig"] is not null || properties["logPersistenceMode"] is not null;

    private bool HasExpressions() => Rules(activity).Concat(Rules(flow)).OfType<JsonObject>().Any(IsExpression);

    private static IEnumerable<JsonNode?> Rules(JsonObject properties) => properties["logPersistenceConfig"] is not JsonObject config
        ? []
        : [config["default"], .. Values(config["inputs"]), .. Values(config["outputs"])];

    private static IEnumerable<JsonNode?> Values(JsonNode? rules) => rules is JsonObject map ? map.Select(rule => rule.Value) : [];
}
