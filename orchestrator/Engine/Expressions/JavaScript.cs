using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Acornima.Ast;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Jint;
using Jint.Native;
using Jint.Native.Json;
using Jint.Runtime;

namespace Flows.Engine.Expressions;

/// <summary>JavaScript with Elsa's functions, under limits of time, memory, statements, depth and length. Each text is read once.</summary>
internal sealed class JavaScript(ExpressionLimits limits)
{
    private const int MostScripts = 2000;

    private readonly ConcurrentDictionary<string, (Prepared<Script> Script, ScriptText Text)> _read = [];

    /// <exception cref="ActivityFault">The script is broken, threw, or used too much.</exception>
    public JsonNode? Evaluate(string script, ExpressionScope scope)
    {
        try
        {
            var (prepared, text) = Read(script);
            var engine = NewEngine();
            LengthGuards.Install(engine, limits.Length);
            new ElsaFunctions(engine, scope, text).Install();
            return FromJs(engine, engine.Evaluate(prepared).UnwrapIfPromise(limits.Time));
        }
        catch (JavaScriptException thrown)
        {
            throw new ActivityFault($"JavaScript: {thrown.Message} (line {thrown.Location.Start.Line})", thrown);
        }
        catch (PromiseRejectedException rejected)
        {
            throw new ActivityFault($"JavaScript: {rejected.RejectedValue}", rejected);
        }
        catch (Exception stopped) when (stopped is TimeoutException or MemoryLimitExceededException or StatementsCountOverflowException or RecursionDepthOverflowException or ExecutionCanceledException)
        {
            throw new ActivityFault($"JavaScript was stopped: {Reason(stopped)}.", stopped);
        }
        catch (Exception broken) when (broken is ScriptPreparationException or Acornima.ParseErrorException or JintException)
        {
            throw new ActivityFault($"JavaScript cannot be read: {broken.Message}", broken);
        }
    }

    internal static JsValue ToJs(Jint.Engine engine, JsonNode? value) => value switch
    {
        null => JsValue.Null,
        JsonValue scalar => Scalar(engine, scalar),
        _ => new JsonParser(engine).Parse(value.ToJsonString(ContractJson.Options)),
    };

    // A function that is called without an argument gets no value at all for it.
    internal static JsonNode? FromJs(Jint.Engine engine, JsValue? value) => value switch
    {
        null => null,
        _ when value.IsNull() || value.IsUndefined() => null,
        _ when value.IsString() => JsonValue.Create(value.AsString()),
        _ when value.IsBoolean() => JsonValue.Create(value.AsBoolean()),
        _ when value.IsNumber() => Number(value.AsNumber()),
        _ when value.IsUint8Array() => JsonValue.Create(Convert.ToBase64String(value.AsUint8Array())),
        _ => new JsonSerializer(engine).Serialize(value, JsValue.Undefined, JsValue.Undefined) is { } json && json.IsString()
            ? JsonNode.Parse(json.AsString())
            : null,
    };

    private (Prepared<Script> Script, ScriptText Text) Read(string script)
    {
        if (_read.Count > MostScripts) _read.Clear();
        var reading = new ScriptPreparationOptions { ParsingOptions = new ScriptParsingOptions { AllowReturnOutsideFunction = true, RegexTimeout = limits.Time } };
        return _read.GetOrAdd(script, text => (Jint.Engine.PrepareScript(text, options: reading), new ScriptText(text)));
    }

    private Jint.Engine NewEngine() => new(options => options
        .TimeoutInterval(limits.Time)
        .LimitMemory(limits.Memory)
        .MaxStatements(limits.Statements)
        .LimitRecursion(limits.Recursion)
        .MaxArraySize((uint)limits.Length)
        .RegexTimeoutInterval(limits.Time));

    private static JsValue Scalar(Jint.Engine engine, JsonValue scalar) => scalar.GetValueKind() switch
    {
        System.Text.Json.JsonValueKind.String => new JsString(scalar.GetValue<string>()),
        System.Text.Json.JsonValueKind.True => JsBoolean.True,
        System.Text.Json.JsonValueKind.False => JsBoolean.False,
        _ when scalar.AsNumber() is { } number => JsNumber.Create(number),
        _ => new JsonParser(engine).Parse(scalar.ToJsonString(ContractJson.Options)),
    };

    private static JsonNode? Number(double number) => double.IsInteger(number) && Math.Abs(number) <= 9007199254740992
        ? JsonValue.Create((long)number)
        : JsonValue.Create(number);

    private string Reason(Exception stopped) => stopped switch
    {
        TimeoutException => $"it ran longer than {limits.Time.TotalSeconds:0.#} s",
        MemoryLimitExceededException => $"it used more than {limits.Memory / (1024 * 1024)} MB",
        StatementsCountOverflowException => $"it executed more than {limits.Statements} statements",
        RecursionDepthOverflowException => $"its calls nest deeper than {limits.Recursion}",
        _ => stopped.Message,
    };
}
