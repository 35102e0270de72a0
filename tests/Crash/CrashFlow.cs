using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Crash;

/// <summary>
/// A random flow whose end is the same however its parts are interleaved and however often they are begun anew: branches that
/// fork and join, with loops, fan-outs, jobs, waits and faults. What a branch says begins with its name, so that the order
/// within it can be compared.
/// </summary>
public sealed class CrashFlow
{
    /// <summary>Concurrency key of some scripts, and how their ids begin.</summary>
    public const string Scarce = "scarce";

    /// <summary>So many of those at once.</summary>
    public const int Slots = 2;

    private const string OnPurpose = "as it should";
    private const string NotTheSecond = "not the second";

    private readonly Random _random;
    private readonly CrashTrace _trace;
    private readonly List<string> _variables = [];
    private int _count;

    private CrashFlow(int seed, CrashTrace trace) => (_random, _trace) = (new Random(seed), trace);

    public static string Id(int seed) => $"crash-{seed}";

    /// <summary>The definition as JSON: the same seed gives the same flow.</summary>
    public static string Json(int seed, CrashTrace trace) => new CrashFlow(seed, trace).Build(seed).ToJsonString(ContractJson.Options);

    /// <summary>Whether a flow faults like that on purpose.</summary>
    public static bool MayFault(string message) => message is OnPurpose or NotTheSecond || message.StartsWith("The script ended with exit code 3.", StringComparison.Ordinal);

    private JsonObject Build(int seed)
    {
        var flow = new Engine.FlowBuilder(Id(seed)).Add(Say("begin", "begin"));
        flow.Add(Activity("join", "Elsa.FlowJoin", ("mode", FlowInput.Literal("String", "WaitAll"))));
        for (var branch = 0; branch < _random.Next(2, 4); branch++) Branch(flow, $"b{branch}");
        var last = new[] { Say("joined", "join") }.Concat(_variables.Select(Put)).ToArray();
        flow.Chain(last).Wire("join", "joined");
        if (_random.Next(4) == 0) flow.Add(Activity("fail", "Elsa.Fault", ("message", FlowInput.Literal("String", OnPurpose)))).Wire(last[^1].Text("id")!, "fail");
        foreach (var variable in _variables) flow.Variable(variable).Output(variable);
        var json = flow.Build().Json;
        if (seed % 2 == 1) json["customProperties"] = new JsonObject { ["Flowchart:ExecutionMode"] = "TokenBased" };
        return json;
    }

    private void Branch(Engine.FlowBuilder flow, string tag)
    {
        var blocks = Enumerable.Range(0, _random.Next(1, 3)).Select(_ => Block(tag, depth: 0)).ToArray();
        flow.Chain(blocks).Wire("begin", blocks[0].Text("id")!).Wire(blocks[^1].Text("id")!, "join");
    }

    private JsonObject Block(string tag, int depth) => _random.Next(depth == 0 ? 12 : 5) switch
    {
        0 => Say(Next("line"), tag),
        1 or 2 => Script(tag, FlowInput.Literal("Int32", $"{_random.Next(10)}"), keeps: true),
        3 => Wait(),
        4 or 5 => TryScript(tag),
        6 => While(tag),
        7 => Activity(Next("for"), "Elsa.For", ("start", FlowInput.Literal("Int32", "1")), ("end", FlowInput.Literal("Int32", "3")), ("body", Body(tag, "getCurrentValue()"))),
        8 => Activity(Next("each"), "Elsa.ForEach", ("items", Js("Object[]", "[3, 1, 2]")), ("body", Sequence(Next("seq"), Body(tag, "getCurrentValue()"), Block(tag, depth + 1)))),
        9 or 10 => FanOut(tag),
        _ => Tables(tag),
    };

    private JsonObject Body(string tag, string value) => _random.Next(2) == 0
        ? Say(Next("line"), tag, value)
        : Script(tag, Js("Int32", value), keeps: false);

    // At most so many passes at once; what each says has its own name.
    private JsonObject FanOut(string tag)
    {
        var pass = Sequence(Next("seq"), Say(Next("line"), $"{tag}p", "getCurrentValue()", ofPass: true), Script(tag, Js("Int32", "getCurrentValue()"), keeps: false));
        if (_random.Next(2) == 0) ((JsonArray)pass["activities"]!).Add(Wait());
        var each = Activity(Next("all"), "Elsa.ParallelForEach", ("items", Js("Object[]", "[1, 2, 3, 4]")), ("body", pass));
        var custom = new JsonObject { ["maxParallel"] = _random.Next(1, 4) };
        if (_random.Next(2) == 0)
        {
            custom["minSuccessShare"] = 0.5;
            ((JsonArray)pass["activities"]!).Add(Activity(Next("odd"), "Elsa.If", ("condition", Js("Boolean", "getCurrentValue() === 2")),
                ("then", Activity(Next("fault"), "Elsa.Fault", ("message", FlowInput.Literal("String", NotTheSecond))))));
        }
        each["customProperties"] = custom;
        return each;
    }

    private JsonObject While(string tag)
    {
        var turn = Next("turn");
        var body = Sequence(Next("seq"), Set(Next("set"), turn, Js("Int32", $"getVariable('{turn}') + 1")), Say(Next("line"), tag, $"getVariable('{turn}')"), Body(tag, $"getVariable('{turn}')"));
        var loop = Activity(Next("while"), "Elsa.While", ("condition", Js("Boolean", $"getVariable('{turn}') < 3")), ("body", body));
        var scope = Sequence(Next("seq"), Set(Next("set"), turn, FlowInput.Literal("Int32", "0")), loop);
        scope["variables"] = new JsonArray(FlowVariable.New(turn, turn, "Int32").Json);
        return scope;
    }

    // The script faults each time: it is tried twice, and then caught.
    private JsonObject TryScript(string tag)
    {
        var script = Script(tag, FlowInput.Literal("Int32", "0"), keeps: false, exit: 3);
        ((JsonObject)script["customProperties"]!)["faultPolicy"] = new JsonObject { ["retries"] = new JsonObject { ["count"] = 1, ["delaySeconds"] = 0.1 } };
        return Activity(Next("try"), "Flows.TryCatch", ("body", Sequence(Next("seq"), Say(Next("line"), tag), script)),
            ("catch", Say(Next("line"), tag, "getFaultMessage()")), ("finally", Say(Next("line"), tag)));
    }

    private JsonObject Tables(string tag)
    {
        var (rows, counted) = (Keep($"{tag}rows"), Keep($"{tag}counted"));
        var source = Activity(Next("file"), "Flows.FileSource", ("path", FlowInput.Literal("String", _trace.Table)), ("table", Bound(rows)));
        var count = Activity(Next("sql"), "Flows.SqlTransform", ("table", FlowInput.ReadVariable(FlowVariable.New(rows, rows, "Artifact"))), ("result", Bound(counted)),
            ("sql", FlowInput.Literal("String", "SELECT a % 3 AS k, sum(a) AS total FROM input GROUP BY k ORDER BY k")));
        return Sequence(Next("seq"), source, count);
    }

    private JsonObject Script(string tag, JsonObject number, bool keeps, int exit = 0)
    {
        var isScarce = _random.Next(3) == 0;
        var script = Activity(Next(isScarce ? Scarce : "script"), "Flows.PythonScript", ("script", FlowInput.Literal("String", _trace.Script(_random.Next(100) / 1000.0, exit))), ("n", number));
        script["customProperties"] = new JsonObject
        {
            ["ports"] = new JsonObject
            {
                ["inputs"] = new JsonArray(new JsonObject { ["name"] = "n", ["type"] = "Int32" }),
                ["outputs"] = new JsonArray(new JsonObject { ["name"] = "square", ["type"] = "Int32" }),
            },
        };
        if (isScarce) ((JsonObject)script["customProperties"]!)["concurrency"] = new JsonObject { ["key"] = Scarce, ["limit"] = Slots };
        if (keeps) script["square"] = Bound(Keep($"{tag}square"));
        return script;
    }

    private JsonObject Wait() => Activity(Next("delay"), "Elsa.Delay", ("timeSpan", FlowInput.Literal("String", TimeSpan.FromMilliseconds(_random.Next(50, 600)).ToString("c"))));

    private JsonObject Say(string id, string tag, string? value = null, bool ofPass = false) =>
        Line(id, $"'{tag}'{(ofPass ? " + getCurrentValue()" : "")} + ': {id} ' + {value ?? "'said'"}");

    private JsonObject Put(string variable) => Activity($"put-{variable}", "Elsa.SetOutput", ("outputName", FlowInput.Literal("String", variable)), ("outputValue", FlowInput.ReadVariable(FlowVariable.New(variable, variable, "Object"))));

    private string Next(string what) => $"{what}{_count++}";

    private string Keep(string variable)
    {
        if (!_variables.Contains(variable)) _variables.Add(variable);
        return variable;
    }

    private static JsonObject Bound(string variable) => new() { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = variable } };
}
