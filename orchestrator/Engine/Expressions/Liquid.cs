using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Fluid;
using Fluid.Values;

namespace Flows.Engine.Expressions;

/// <summary>
/// Liquid templates with Elsa's names: <c>{{ Variables.X }}</c>, <c>{{ Input.X }}</c>, <c>{{ WorkflowInstanceId }}</c>, <c>{{ CorrelationId }}</c>,
/// <c>{{ WorkflowDefinitionId }}</c>, <c>{{ WorkflowDefinitionVersion }}</c>, and its filters <c>json</c>, <c>base64</c>, <c>keys</c>. They make text.
/// </summary>
internal sealed class Liquid(ExpressionLimits limits)
{
    private static readonly FluidParser Parser = new();

    private readonly TemplateOptions _options = Options(limits);

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
        var flow = scope.Run.Graph.Definition;
        var context = new TemplateContext(_options);
        context.SetValue("Variables", new DictionaryValue(new Members(() => scope.Variables().Select(variable => variable.Name), name => scope.HasVariable(name) ? Value(scope.Variable(name)) : null)));
        context.SetValue("Input", new DictionaryValue(new Members(scope.InputNames, name => scope.HasInput(name) ? Value(scope.Input(name)) : null)));
        context.SetValue("WorkflowDefinitionId", flow.DefinitionId);
        context.SetValue("WorkflowDefinitionVersionId", flow.Id);
        context.SetValue("WorkflowDefinitionVersion", flow.Version);
        context.SetValue("WorkflowInstanceId", scope.Run.RunId);
        context.SetValue("CorrelationId", scope.CorrelationId ?? scope.Run.CorrelationId);
        context.SetValue("LastResult", Value(scope.LastResult()));
        return context;
    }

    private static TemplateOptions Options(ExpressionLimits limits)
    {
        var options = new TemplateOptions { MaxSteps = limits.Statements, MaxRecursion = Math.Min(100, limits.Recursion) };
        options.Filters.AddFilter("base64", (input, _, _) => new StringValue(Convert.ToBase64String(Encoding.UTF8.GetBytes(input.ToStringValue()))));
        options.Filters.AddFilter("keys", (input, _, _) => new ArrayValue(input is DictionaryValue && input.ToObjectValue() is IFluidIndexable members ? [.. members.Keys.Select(key => new StringValue(key))] : Array.Empty<FluidValue>()));
        return options;
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

    // Looked up as a template asks: a flow may have thousands.
    private sealed class Members(Func<IEnumerable<string>> names, Func<string, FluidValue?> find) : IFluidIndexable
    {
        public int Count => Keys.Count();

        public IEnumerable<string> Keys => names().Distinct();

        public bool TryGetValue(string name, out FluidValue value)
        {
            var found = find(name);
            value = found ?? NilValue.Instance;
            return found is not null;
        }
    }
}
