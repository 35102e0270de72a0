using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Fluid;
using Fluid.Values;

namespace Flows.Engine.Expressions;

/// <summary>Liquid templates: <c>{{ Variables.X }}</c>, <c>{{ Input.X }}</c>, <c>{{ WorkflowInstanceId }}</c>, <c>{{ CorrelationId }}</c>. They make text.</summary>
internal sealed class Liquid(ExpressionLimits limits)
{
    private static readonly FluidParser Parser = new();

    private readonly TemplateOptions _options = new() { MaxSteps = limits.Statements, MaxRecursion = Math.Min(100, limits.Recursion) };

    /// <exception cref="ActivityFault">The template is broken or took too many steps.</exception>
    public JsonNode? Evaluate(string template, ExpressionScope scope)
    {
        if (!Parser.TryParse(template, out var parsed, out var error)) throw new ActivityFault($"Liquid cannot be read: {error}");
        try
        {
            var text = parsed.Render(Context(scope));
            if (text.Length > limits.Length) throw new ActivityFault($"Liquid was stopped: it made more than {limits.Length} characters.");
            return JsonValue.Create(text);
        }
        catch (Exception stopped) when (stopped is InvalidOperationException or ParseException)
        {
            throw new ActivityFault($"Liquid was stopped: {stopped.Message}", stopped);
        }
    }

    private TemplateContext Context(ExpressionScope scope)
    {
        var variables = scope.Variables().ToDictionary(variable => variable.Name, variable => Value(scope.Variable(variable.Name)));
        var inputs = scope.InputNames().Distinct().ToDictionary(name => name, name => Value(scope.Input(name)));
        var context = new TemplateContext(_options);
        context.SetValue("Variables", new DictionaryValue(new FluidValueDictionaryFluidIndexable(variables)));
        context.SetValue("Input", new DictionaryValue(new FluidValueDictionaryFluidIndexable(inputs)));
        context.SetValue("WorkflowInstanceId", scope.Run.RunId);
        context.SetValue("CorrelationId", scope.CorrelationId ?? scope.Run.CorrelationId);
        context.SetValue("LastResult", Value(scope.LastResult()));
        return context;
    }

    private static FluidValue Value(JsonNode? node) => node switch
    {
        null => NilValue.Instance,
        JsonObject json => new DictionaryValue(new FluidValueDictionaryFluidIndexable(json.ToDictionary(entry => entry.Key, entry => Value(entry.Value)))),
        JsonArray list => new ArrayValue(list.Select(Value).ToArray()),
        _ => Scalar(node.AsValue()),
    };

    private static FluidValue Scalar(JsonValue value) => value.GetValueKind() switch
    {
        JsonValueKind.String => new StringValue(value.GetValue<string>()),
        JsonValueKind.True => BooleanValue.True,
        JsonValueKind.False => BooleanValue.False,
        _ when value.TryGetValue(out decimal exact) => NumberValue.Create(exact),
        _ when value.TryGetValue(out double number) && Math.Abs(number) < 7e28 => NumberValue.Create((decimal)number),
        _ => new StringValue(value.ToJsonString()),
    };
}
