using Flows.Contract;
using Jint;
using Jint.Native;
using Jint.Runtime.Descriptors;
using Jint.Runtime.Interop;

namespace Flows.Engine.Expressions;

/// <summary>
/// Elsa's functions in JavaScript: variables, inputs, outputs of earlier activities, and facts of the run.
/// Only what a script mentions is looked for and installed, so that an evaluation costs the same in a flow of thousands of variables.
/// </summary>
internal sealed class ElsaFunctions(Jint.Engine engine, ExpressionScope scope, ScriptText script)
{
    public void Install()
    {
        var run = scope.Run;
        var flow = run.Graph.Definition;
        Function("getVariable", arguments => JavaScript.ToJs(engine, scope.Variable(Text(arguments, 0) ?? "")));
        Function("setVariable", arguments => Done(() => scope.SetVariable(Text(arguments, 0) ?? "", Value(arguments, 1))));
        Function("getInput", arguments => JavaScript.ToJs(engine, scope.Input(Text(arguments, 0) ?? "")));
        Function("getOutputFrom", arguments => JavaScript.ToJs(engine, scope.OutputFrom(Text(arguments, 0) ?? "", Text(arguments, 1))));
        Function("getLastResult", _ => JavaScript.ToJs(engine, scope.LastResult()));
        Function("getWorkflowInstanceId", _ => run.RunId);
        Function("getWorkflowDefinitionId", _ => flow.DefinitionId);
        Function("getWorkflowDefinitionVersion", _ => flow.Version);
        Function("getWorkflowDefinitionVersionId", _ => flow.Id);
        Function("getCorrelationId", _ => Js(scope.CorrelationId ?? run.CorrelationId));
        Function("setCorrelationId", arguments => Done(() => scope.SetCorrelation(Text(arguments, 0))));
        Function("getWorkflowInstanceName", _ => Js(scope.Name ?? run.Name));
        Function("setWorkflowInstanceName", arguments => Done(() => scope.SetName(Text(arguments, 0))));
        Function("setOutcome", arguments => Done(() => scope.Outcomes.Add(Text(arguments, 0) ?? "")));
        Function("setOutcomes", arguments => Done(() => scope.Outcomes.AddRange(arguments[0].AsArray().Select(one => one.ToString()))));
        Function("toJson", arguments => Value(arguments, 0)?.ToJsonString(ContractJson.Options) ?? "null");
        foreach (var (name, body) in TextFunctions.Of(engine)) Function(name, body);
        foreach (var (name, value) in scope.Arguments)
        {
            engine.SetValue(name, JavaScript.ToJs(engine, value));
            foreach (var accessor in AccessorName.AllOf(name)) Function("get" + accessor, _ => JavaScript.ToJs(engine, value));
        }
        foreach (var word in script.IsOpen ? EveryAccessor() : script.Words) Accessor(word);
        Container("variables", scope.Variables().Select(variable => variable.Name), scope.HasVariable, name => JavaScript.ToJs(engine, scope.Variable(name)), (name, value) => scope.SetVariable(name, value));
        Container("inputs", scope.InputNames(), scope.HasInput, name => JavaScript.ToJs(engine, scope.Input(name)), null);
        Container("input", scope.InputNames(), scope.HasInput, name => JavaScript.ToJs(engine, scope.Input(name)), null);
    }

    // getX(), setX(value) for what is called X, and getOutputFromX().
    private void Accessor(string word)
    {
        if (word.Length < 4 || scope.Arguments.Keys.Any(name => AccessorName.Fits(name, word[3..]))) return;
        var name = word[3..];
        if (word.StartsWith("set", StringComparison.Ordinal) && scope.VariableByAccessor(name) is { } written)
            Function(word, arguments => Done(() => scope.SetVariable(written, Value(arguments, 0))));
        if (!word.StartsWith("get", StringComparison.Ordinal)) return;
        if (ResultAccessor(name) is { } result) Function(word, result);
        else if (scope.InputByAccessor(name) is { } input) Function(word, _ => JavaScript.ToJs(engine, scope.Input(input)));
        else if (scope.VariableByAccessor(name) is { } variable) Function(word, _ => JavaScript.ToJs(engine, scope.Variable(variable)));
    }

    // PropertyFromActivity; either may have a From in its own name.
    private Func<JsValue[], JsValue>? ResultAccessor(string name)
    {
        for (var at = name.IndexOf("From", 1, StringComparison.Ordinal); at > 0; at = name.IndexOf("From", at + 1, StringComparison.Ordinal))
        {
            if (scope.ActivityByAccessor(name[(at + 4)..]) is not { } activity) continue;
            var output = name[..at];
            return arguments => JavaScript.ToJs(engine, Text(arguments, 0) is { } asked
                ? scope.OutputFrom(activity, asked)
                : scope.OutputFrom(activity, output) ?? (output == "Output" ? scope.OutputFrom(activity, null) : null));
        }
        return null;
    }

    private IEnumerable<string> EveryAccessor() =>
    [
        .. script.Words,
        .. scope.Variables().SelectMany(variable => AccessorName.AllOf(variable.Name)).SelectMany(name => new[] { "get" + name, "set" + name }),
        .. scope.InputNames().SelectMany(AccessorName.AllOf).Select(name => "get" + name),
        .. scope.Results().SelectMany(result => result.Outputs.Select(output => output.Key).Append("Output").SelectMany(AccessorName.AllOf).Select(output => $"get{output}From{AccessorName.Of(result.Name)}")),
    ];

    // variables.X reads, variables.X = value writes.
    private void Container(string name, IEnumerable<string> all, Func<string, bool> has, Func<string, JsValue> read, Action<string, System.Text.Json.Nodes.JsonNode?>? write)
    {
        if (!script.Mentions(name)) return;
        var container = new JsObject(engine);
        foreach (var member in script.MembersOf(name)?.Where(has) ?? all.Distinct())
        {
            var setter = write is null ? JsValue.Undefined : Made(member, arguments => Done(() => write(member, Value(arguments, 0))));
            container.FastSetProperty(member, new GetSetPropertyDescriptor(Made(member, _ => read(member)), setter, enumerable: true, configurable: true));
        }
        engine.SetValue(name, container);
    }

    private void Function(string name, Func<JsValue[], JsValue> body)
    {
        if (script.Mentions(name)) engine.SetValue(name, Made(name, body));
    }

    private ClrFunction Made(string name, Func<JsValue[], JsValue> body) => new(engine, name, (_, arguments) => body(arguments));

    private System.Text.Json.Nodes.JsonNode? Value(JsValue[] arguments, int at) => arguments.Length > at ? JavaScript.FromJs(engine, arguments[at]) : null;

    private static string? Text(JsValue[] arguments, int at) => arguments.Length > at && !arguments[at].IsNull() && !arguments[at].IsUndefined() ? arguments[at].ToString() : null;

    private static JsValue Js(string? text) => text is null ? JsValue.Null : text;

    private static JsValue Done(Action action)
    {
        action();
        return JsValue.Undefined;
    }
}
