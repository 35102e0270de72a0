using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace Flows.Engine.Expressions;

/// <summary>
/// C# scripts by Roslyn, with Elsa's globals. Nothing limits what they may reach: they are for servers whose administrator
/// trusts everybody who draws flows, and off otherwise. Each text is compiled once.
/// </summary>
internal sealed class CSharp(ExpressionLimits limits)
{
    private const int MostScripts = 2000;

    private static readonly ScriptOptions Options = ScriptOptions.Default
        .AddReferences(typeof(object).Assembly, typeof(Enumerable).Assembly, typeof(Microsoft.CSharp.RuntimeBinder.Binder).Assembly, typeof(JsonNode).Assembly, typeof(ScriptGlobals).Assembly)
        .AddImports("System", "System.Collections.Generic", "System.Globalization", "System.Linq", "System.Text", "System.Text.Json", "System.Text.Json.Nodes");

    private readonly ConcurrentDictionary<string, Lazy<ScriptRunner<object?>>> _compiled = [];

    /// <exception cref="ActivityFault">The script is broken, threw, or ran too long.</exception>
    public JsonNode? Evaluate(string script, ExpressionScope scope)
    {
        if (string.IsNullOrWhiteSpace(script)) return null;
        var run = Compiled(script);
        var task = Task.Run(() => run(new ScriptGlobals(scope)));
        try
        {
            // A thread cannot be stopped from outside: the step faults, the script is left to itself.
            if (!task.Wait(limits.Time)) throw new ActivityFault($"C# ran longer than {limits.Time.TotalSeconds:0.#} s.");
            return ToJson(task.Result);
        }
        catch (AggregateException thrown) when (thrown.InnerException is { } cause)
        {
            throw new ActivityFault($"C#: {cause.GetType().Name}: {cause.Message}", cause);
        }
        catch (Exception odd) when (odd is NotSupportedException or JsonException)
        {
            throw new ActivityFault($"C# gave a value that cannot be kept: {odd.Message}", odd);
        }
    }

    private ScriptRunner<object?> Compiled(string script)
    {
        if (_compiled.Count > MostScripts) _compiled.Clear();
        try
        {
            return _compiled.GetOrAdd(script, text => new Lazy<ScriptRunner<object?>>(() => CSharpScript.Create<object?>(text, Options, typeof(ScriptGlobals)).CreateDelegate())).Value;
        }
        catch (CompilationErrorException broken)
        {
            throw new ActivityFault($"C# cannot be read: {broken.Message}", broken);
        }
    }

    private static JsonNode? ToJson(object? value) => value is JsonNode node ? node.DeepClone() : JsonSerializer.SerializeToNode(value, ContractJson.Options);
}
