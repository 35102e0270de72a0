using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Contract.Secrets;

namespace Flows.Engine.Expressions;

/// <summary>Evaluates one input of an activity to the type it is declared with.</summary>
internal sealed class ExpressionEvaluator(ExpressionLimits limits, bool allowsCSharp)
{
    private readonly CSharp? _cSharp = allowsCSharp ? new CSharp(limits) : null;
    private readonly JavaScript _javaScript = new(limits);
    private readonly Liquid _liquid = new(limits);

    /// <exception cref="ActivityFault">The expression is broken, or its value does not fit the type.</exception>
    public JsonNode? Evaluate(FlowInput input, string? typeName, ExpressionScope scope) =>
        ValueConversion.To(input.TypeName ?? typeName, input.ExpressionType switch
        {
            ExpressionTypes.Literal => input.Value?.DeepClone(),
            ExpressionTypes.Object or ExpressionTypes.Json => ValueConversion.FromJsonText(input.Value),
            ExpressionTypes.Variable => Variable(input, scope),
            ExpressionTypes.Input => scope.Input(Reference(input.Value, "name"))?.DeepClone(),
            ExpressionTypes.JavaScript => _javaScript.Evaluate(input.Value.AsText() ?? "", scope),
            ExpressionTypes.Liquid => _liquid.Evaluate(input.Value.AsText() ?? "", scope),
            ExpressionTypes.CSharp when _cSharp is not null => _cSharp.Evaluate(input.Value.AsText() ?? "", scope),
            ExpressionTypes.CSharp => throw new ActivityFault("C# expressions are turned off here; use JavaScript or Liquid instead."),
            // The value is opened where the activity runs; everything that a run keeps has this in its place.
            ExpressionTypes.Secret => JsonValue.Create(SecretMask.Shown),
            var other => throw new ActivityFault($"There is no expression type '{other}'; known are Literal, Object, Json, Variable, Input, JavaScript, Liquid, Secret."),
        });

    public JsonNode? RunScript(string script, ExpressionScope scope) => _javaScript.Evaluate(script, scope);

    private static JsonNode? Variable(FlowInput input, ExpressionScope scope)
    {
        if (input.VariableId is not { Length: > 0 } id) return null;
        return scope.Variable(id)?.DeepClone();
    }

    private static string Reference(JsonNode? value, string name) => value is JsonObject reference
        ? reference.Text(name) ?? reference.Text("id") ?? ""
        : value.AsText() ?? "";
}
