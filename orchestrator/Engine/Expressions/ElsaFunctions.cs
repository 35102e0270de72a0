using System.Text.Json.Nodes;
using Flows.Contract;
using Jint;
using Jint.Native;

namespace Flows.Engine.Expressions;

/// <summary>Elsa's functions in JavaScript: variables, inputs, outputs of earlier activities, and facts of the run.</summary>
internal static class ElsaFunctions
{
    public static void Install(Jint.Engine engine, ExpressionScope scope)
    {
        JsValue Js(JsonNode? value) => JavaScript.ToJs(engine, value);

        engine.SetValue("getVariable", new Func<string, JsValue>(name => Js(scope.Variable(name))));
        engine.SetValue("setVariable", new Action<string, JsValue?>((name, value) => scope.SetVariable(name, JavaScript.FromJs(engine, value))));
        engine.SetValue("getInput", new Func<string, JsValue>(name => Js(scope.Input(name))));
        engine.SetValue("getOutputFrom", new Func<string, string?, JsValue>((name, output) => Js(scope.OutputFrom(name, output))));
        engine.SetValue("getLastResult", new Func<JsValue>(() => Js(scope.LastResult())));
        engine.SetValue("getWorkflowInstanceId", new Func<string>(() => scope.Run.RunId));
        engine.SetValue("getWorkflowDefinitionId", new Func<string>(() => scope.Run.Graph.Definition.DefinitionId));
        engine.SetValue("getWorkflowDefinitionVersion", new Func<int>(() => scope.Run.Graph.Definition.Version));
        engine.SetValue("getWorkflowDefinitionVersionId", new Func<string>(() => scope.Run.Graph.Definition.Id));
        engine.SetValue("getCorrelationId", new Func<string?>(() => scope.CorrelationId ?? scope.Run.CorrelationId));
        engine.SetValue("setCorrelationId", new Action<string?>(scope.SetCorrelation));
        engine.SetValue("getWorkflowInstanceName", new Func<string?>(() => scope.Name ?? scope.Run.Name));
        engine.SetValue("setWorkflowInstanceName", new Action<string?>(scope.SetName));
        engine.SetValue("setOutcome", new Action<string>(scope.Outcomes.Add));
        engine.SetValue("setOutcomes", new Action<string[]>(scope.Outcomes.AddRange));
        engine.SetValue("newGuid", new Func<string>(() => Guid.NewGuid().ToString()));
        engine.SetValue("newGuidString", new Func<string>(() => Guid.NewGuid().ToString()));
        engine.SetValue("newShortGuid", new Func<string>(() => Guid.NewGuid().ToString("N")[..8]));
        engine.SetValue("isNullOrWhiteSpace", new Func<string?, bool>(string.IsNullOrWhiteSpace));
        engine.SetValue("isNullOrEmpty", new Func<string?, bool>(string.IsNullOrEmpty));
        engine.SetValue("toJson", new Func<JsValue?, string?>(value => JavaScript.FromJs(engine, value)?.ToJsonString(ContractJson.Options) ?? "null"));
        InstallVariables(engine, scope);
        InstallInputs(engine, scope);
        InstallResults(engine, scope);
    }

    // getX(), setX(value) and variables.X for every variable in reach; variables.X = value writes.
    private static void InstallVariables(Jint.Engine engine, ExpressionScope scope)
    {
        var variables = new JsObject(engine);
        foreach (var variable in scope.Variables())
        {
            var name = variable.Name;
            var read = new Func<JsValue>(() => JavaScript.ToJs(engine, scope.Variable(name)));
            var write = new Action<JsValue>(value => scope.SetVariable(name, JavaScript.FromJs(engine, value)));
            engine.SetValue("get" + Pascal(name), read);
            engine.SetValue("set" + Pascal(name), write);
            variables.FastSetProperty(name, new Jint.Runtime.Descriptors.GetSetPropertyDescriptor(
                JsValue.FromObject(engine, read), JsValue.FromObject(engine, write), enumerable: true, configurable: true));
        }
        engine.SetValue("variables", variables);
    }

    private static void InstallInputs(Jint.Engine engine, ExpressionScope scope)
    {
        var inputs = new JsObject(engine);
        foreach (var name in scope.InputNames().Distinct())
        {
            var read = new Func<JsValue>(() => JavaScript.ToJs(engine, scope.Input(name)));
            engine.SetValue("get" + Pascal(name), read);
            inputs.FastSetProperty(name, new Jint.Runtime.Descriptors.GetSetPropertyDescriptor(
                JsValue.FromObject(engine, read), JsValue.Undefined, enumerable: true, configurable: true));
        }
        engine.SetValue("inputs", inputs);
        engine.SetValue("input", inputs);
    }

    // getOutputFromName() and getPropertyFromName().
    private static void InstallResults(Jint.Engine engine, ExpressionScope scope)
    {
        foreach (var (activity, outputs) in scope.Results())
        {
            engine.SetValue("getOutputFrom" + Pascal(activity), new Func<string?, JsValue>(output =>
                JavaScript.ToJs(engine, scope.OutputFrom(activity, output))));
            foreach (var (output, _) in outputs)
            {
                engine.SetValue($"get{Pascal(output)}From{Pascal(activity)}", new Func<JsValue>(() => JavaScript.ToJs(engine, scope.OutputFrom(activity, output))));
            }
        }
    }

    private static string Pascal(string name) => name.Length == 0 ? name : char.ToUpperInvariant(name[0]) + name[1..];
}
