using System.Dynamic;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;

namespace Flows.Engine.Expressions;

/// <summary>What a C# expression sees, by Elsa's names: <c>Variables.Rate</c>, <c>Input.Get("Name")</c>, <c>Output.From("step")</c>, <c>WorkflowInstanceId</c>.</summary>
public sealed class ScriptGlobals
{
    private readonly ExpressionScope _scope;

    internal ScriptGlobals(ExpressionScope scope)
    {
        _scope = scope;
        Variables = new ScriptValues(name => scope.Variable(name), scope.SetVariable);
        Input = new ScriptValues(name => scope.Input(name), null);
        Output = new ScriptOutputs(scope);
    }

    /// <summary>Variables in reach, as properties and by <c>Get</c> and <c>Set</c>.</summary>
    public dynamic Variables { get; }

    public dynamic Input { get; }

    public dynamic Inputs => Input;

    public ScriptOutputs Output { get; }

    public ScriptOutputs Outputs => Output;

    public string WorkflowInstanceId => _scope.Run.RunId;

    public string? CorrelationId
    {
        get => _scope.CorrelationId ?? _scope.Run.CorrelationId;
        set => _scope.SetCorrelation(value);
    }

    public object? LastResult => ScriptValues.Plain(_scope.LastResult());

    /// <summary>Elsa's name for what is known of the run.</summary>
    public ScriptGlobals ExecutionContext => this;
}

/// <summary>Outputs of earlier activities.</summary>
public sealed class ScriptOutputs
{
    private readonly ExpressionScope _scope;

    internal ScriptOutputs(ExpressionScope scope) => _scope = scope;

    public dynamic? LastResult => ScriptValues.Plain(_scope.LastResult());

    public dynamic? From(string activity, string? output = null) => ScriptValues.Plain(_scope.OutputFrom(activity, output));

    public T? From<T>(string activity, string? output = null) => ScriptValues.As<T>(_scope.OutputFrom(activity, output));
}

/// <summary>Values by name. What is read is plain .NET: text, numbers, lists, and objects whose fields are properties.</summary>
public sealed class ScriptValues : DynamicObject
{
    private readonly Func<string, JsonNode?> _read;
    private readonly Action<string, JsonNode?>? _write;

    internal ScriptValues(Func<string, JsonNode?> read, Action<string, JsonNode?>? write) => (_read, _write) = (read, write);

    public dynamic? Get(string name) => Plain(_read(name));

    public T? Get<T>(string name) => As<T>(_read(name));

    public void Set(string name, object? value) => (_write ?? throw new InvalidOperationException("Inputs cannot be written."))(name, JsonSerializer.SerializeToNode(value, ContractJson.Options));

    public override bool TryGetMember(GetMemberBinder binder, out object? result)
    {
        result = Get(binder.Name);
        return true;
    }

    public override bool TrySetMember(SetMemberBinder binder, object? value)
    {
        Set(binder.Name, value);
        return true;
    }

    internal static T? As<T>(JsonNode? node) => node is null ? default : node.Deserialize<T>(ContractJson.Options);

    internal static object? Plain(JsonNode? node) => node switch
    {
        null => null,
        JsonArray list => list.Select(Plain).ToList(),
        JsonObject json => Fields(json),
        _ => node.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => Number(node),
            _ => node.AsText(),
        },
    };

    private static ExpandoObject Fields(JsonObject json)
    {
        var fields = new ExpandoObject();
        foreach (var (name, value) in json) ((IDictionary<string, object?>)fields)[name] = Plain(value);
        return fields;
    }

    // As C# would type the literal: an int where it fits.
    private static object Number(JsonNode node)
    {
        var number = node.AsNumber() ?? 0;
        if (number != Math.Floor(number) || Math.Abs(number) > long.MaxValue) return number;
        return number is >= int.MinValue and <= int.MaxValue ? (int)number : (object)(long)number;
    }
}
