using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flows.Contract.Definitions;

/// <summary>Kinds of expression, by the names that Elsa writes.</summary>
public static class ExpressionTypes
{
    public const string Literal = "Literal";
    public const string Object = "Object";
    public const string Json = "Json";
    public const string Variable = "Variable";
    public const string Input = "Input";
    public const string JavaScript = "JavaScript";
    public const string Liquid = "Liquid";
    public const string CSharp = "CSharp";
    public const string Secret = "Secret";
}

/// <summary>
/// An activity's input as Elsa wraps it: <c>{typeName, expression: {type, value}}</c>; a bare scalar reads as Literal.
/// <paramref name="Value"/> is the expression's text, or the object that a Variable or Input expression refers to.
/// </summary>
public sealed record FlowInput(string? TypeName, string ExpressionType, JsonNode? Value)
{
    /// <summary>Id of the variable that a Variable expression reads: the far end of a data wire; else null.</summary>
    public string? VariableId => ExpressionType == ExpressionTypes.Variable
        ? Value is JsonObject variable ? variable.Text("id") ?? variable.Text("name") : Value.AsText()
        : null;

    public static FlowInput? Read(JsonNode? node) => JsonReading.Unwrap(node) switch
    {
        null => null,
        JsonObject wrapped when wrapped["expression"] is JsonObject expression => FromExpression(wrapped.Text("typeName"), expression),
        JsonObject bare when IsExpression(bare) => FromExpression(null, bare),
        JsonObject empty when empty.ContainsKey("typeName") => null,
        var scalar => new FlowInput(null, ExpressionTypes.Literal, scalar),
    };

    /// <summary>The wrapped form for a literal.</summary>
    public static JsonObject Literal(string typeName, JsonNode? value) => Wrap(typeName, ExpressionTypes.Literal, value);

    /// <summary>The wrapped form of any expression.</summary>
    public static JsonObject Wrap(string typeName, string expressionType, JsonNode? value) => new()
    {
        ["typeName"] = typeName,
        ["expression"] = new JsonObject { ["type"] = expressionType, ["value"] = value },
    };

    /// <summary>The wrapped form that reads a variable: the reading end of a data wire.</summary>
    public static JsonObject ReadVariable(FlowVariable variable) =>
        Wrap(variable.TypeName, ExpressionTypes.Variable, new JsonObject
        {
            ["id"] = variable.Id,
            ["name"] = variable.Name,
            ["typeName"] = variable.TypeName,
        });

    private static FlowInput FromExpression(string? typeName, JsonObject expression) =>
        new(typeName, expression.Text("type") ?? ExpressionTypes.Literal, expression["value"]);

    private static bool IsExpression(JsonObject candidate) =>
        candidate.Count <= 2 && candidate["type"]?.GetValueKind() == JsonValueKind.String && candidate.ContainsKey("value");
}
