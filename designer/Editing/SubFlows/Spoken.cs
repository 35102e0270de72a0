using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Designer.Editing.SubFlows;

/// <summary>What the expressions of activities read and name.</summary>
internal static class Spoken
{
    private static readonly HashSet<string> Kinds = [ExpressionTypes.Variable, ExpressionTypes.Input, ExpressionTypes.JavaScript, ExpressionTypes.Liquid, ExpressionTypes.CSharp];

    private static readonly HashSet<string> Accessors = new(StringComparer.OrdinalIgnoreCase) { "get", "set", "getVariable", "getOutputFrom" };

    /// <summary>Every expression in the JSON that is no literal, however deep: <c>{type, value}</c>.</summary>
    public static IEnumerable<JsonObject> Expressions(JsonNode? node) => node switch
    {
        JsonObject json when json.ContainsKey("value") && !json.ContainsKey("id") && json.Text("type") is { } type && Kinds.Contains(type) => [json],
        JsonObject json => json.SelectMany(property => property.Key is "metadata" or "connections" or "variables" ? [] : Expressions(property.Value)),
        JsonArray list => list.SelectMany(Expressions),
        _ => [],
    };

    /// <summary>Variables that are read by a wire, by id or name.</summary>
    public static IEnumerable<string> Variables(JsonNode? node) =>
        Expressions(node).Select(expression => new FlowInput(null, expression.Text("type")!, expression["value"]).VariableId).OfType<string>();

    /// <summary>Variables that outputs and SetVariable write, those of activities within included.</summary>
    public static IEnumerable<string> Written(FlowActivity activity) => activity.SelfAndDescendants().SelectMany(one =>
        DataWires.Writes(one).Select(write => write.Variable).Concat(one.Type == "Elsa.SetVariable" && one.Json["variable"] is JsonObject variable ? [variable.Text("id") ?? variable.Text("name") ?? ""] : []));

    /// <summary>Whether a script of theirs names the word; also as <c>getWord</c>, <c>setWord</c> and <c>getOutputFromWord</c>.</summary>
    public static bool Of(IEnumerable<FlowActivity> activities, string word) => word.Length > 0 && activities.SelectMany(Scripts).Any(script => IsIn(script, word));

    // By hand: a pattern that is made at run time brings the browser a compiler of patterns, 70 KB.
    private static bool IsIn(string script, string word)
    {
        for (var at = script.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0; at = script.IndexOf(word, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var end = at + word.Length;
            if ((end == script.Length || !IsLetter(script[end])) && Leads(script[..at])) return true;
        }
        return false;
    }

    private static bool Leads(string before)
    {
        var last = before.Length;
        while (last > 0 && IsLetter(before[last - 1])) last--;
        return before.Length == last || Accessors.Contains(before[last..]);
    }

    private static bool IsLetter(char letter) => char.IsAsciiLetterOrDigit(letter) || letter == '_';

    private static IEnumerable<string> Scripts(FlowActivity activity) => activity.SelfAndDescendants().SelectMany(one =>
        Expressions(Own(one)).Where(expression => expression.Text("type") is not (ExpressionTypes.Variable or ExpressionTypes.Input)).Select(expression => expression["value"].AsText())
            .Append(one.Type == "Elsa.RunJavaScript" && one.Input("script") is { ExpressionType: ExpressionTypes.Literal } script ? script.Value.AsText() : null)).OfType<string>();

    // Activities within are visited by themselves.
    private static JsonObject Own(FlowActivity activity) => activity.Children().Any()
        ? new JsonObject(activity.Json.Where(property => activity.Children().All(child => child.Slot.Split('[')[0] != property.Key)).Select(property => KeyValuePair.Create(property.Key, property.Value?.DeepClone())))
        : activity.Json;
}
