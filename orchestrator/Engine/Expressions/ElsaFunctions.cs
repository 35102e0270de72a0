using Flows.Contract;
using Jint;
using Jint.Native;
using Jint.Runtime.Descriptors;
using Jint.Runtime.Interop;

namespace Flows.Engine.Expressions;

/// <summary>
/// Elsa's functions in JavaScript: variables, inputs, outputs of earlier activities, and facts of the run.
/// Only what a script mentions is installed: an evaluation should not pay for the rest.
/// </summary>
internal sealed class ElsaFunctions(Jint.Engine engine, ExpressionScope scope, string script)
{
    // A script that makes names while it runs may mean any of them.
    private readonly bool _all = script.Contains("eval", StringComparison.Ordinal) || script.Contains("globalThis", StringComparison.Ordinal)
        || script.Contains("Function", StringComparison.Ordinal);

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
        Function("newGuid", _ => Guid.NewGuid().ToString());
        Function("newGuidString", _ => Guid.NewGuid().ToString());
        Function("newShortGuid", _ => Guid.NewGuid().ToString("N")[..8]);
        Function("isNullOrWhiteSpace", arguments => string.IsNullOrWhiteSpace(Text(arguments, 0)));
        Function("isNullOrEmpty", arguments => string.IsNullOrEmpty(Text(arguments, 0)));
        Function("toJson", arguments => Value(arguments, 0)?.ToJsonString(ContractJson.Options) ?? "null");
        foreach (var (name, value) in scope.Arguments)
        {
            engine.SetValue(name, JavaScript.ToJs(engine, value));
            Function("get" + Pascal(name), _ => JavaScript.ToJs(engine, value));
        }
        InstallVariables();
        InstallInputs();
        InstallResults();
    }

    // getX(), setX(value) and variables.X for every variable in reach; variables.X = value writes.
    private void InstallVariables()
    {
        var variables = Mentions("variables") ? new JsObject(engine) : null;
        foreach (var variable in scope.Variables())
        {
            var name = variable.Name;
            JsValue Read(JsValue[] _) => JavaScript.ToJs(engine, scope.Variable(name));
            JsValue Write(JsValue[] arguments) => Done(() => scope.SetVariable(name, Value(arguments, 0)));
            Function("get" + Pascal(name), Read);
            Function("set" + Pascal(name), Write);
            variables?.FastSetProperty(name, new GetSetPropertyDescriptor(Made(name, Read), Made(name, Write), enumerable: true, configurable: true));
        }
        if (variables is not null) engine.SetValue("variables", variables);
    }

    private void InstallInputs()
    {
        var inputs = Mentions("input") ? new JsObject(engine) : null;
        foreach (var name in scope.InputNames().Distinct())
        {
            JsValue Read(JsValue[] _) => JavaScript.ToJs(engine, scope.Input(name));
            Function("get" + Pascal(name), Read);
            inputs?.FastSetProperty(name, new GetSetPropertyDescriptor(Made(name, Read), JsValue.Undefined, enumerable: true, configurable: true));
        }
        if (inputs is null) return;
        engine.SetValue("inputs", inputs);
        engine.SetValue("input", inputs);
    }

    // getOutputFromName() and getPropertyFromName().
    private void InstallResults()
    {
        if (!Mentions("From")) return;
        foreach (var (activity, outputs) in scope.Results())
        {
            Function("getOutputFrom" + Pascal(activity), arguments => JavaScript.ToJs(engine, scope.OutputFrom(activity, Text(arguments, 0))));
            foreach (var (output, _) in outputs)
            {
                Function($"get{Pascal(output)}From{Pascal(activity)}", _ => JavaScript.ToJs(engine, scope.OutputFrom(activity, output)));
            }
        }
    }

    private bool Mentions(string name) => _all || script.Contains(name, StringComparison.Ordinal);

    private void Function(string name, Func<JsValue[], JsValue> body)
    {
        if (Mentions(name)) engine.SetValue(name, Made(name, body));
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

    private static string Pascal(string name) => name.Length == 0 ? name : char.ToUpperInvariant(name[0]) + name[1..];
}
