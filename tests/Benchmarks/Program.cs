using System.Text.Json;
using Flows.Benchmarks;
using Flows.Contract;
using Spectre.Console;

// bench [NAME]… [--json FILE]
var benches = new Dictionary<string, Func<Task<IReadOnlyList<BenchResult>>>>
{
    ["engine"] = () => One(EngineBench.Run),
    ["engine-shape"] = () => One(EngineShapeBench.Run),
    ["durable"] = DurableBench.RunAsync,
    ["python-light"] = PythonLightBench.RunAsync,
    ["fan-out"] = FanOutBench.RunAsync,
    ["start"] = StartBench.RunAsync,
    ["takeover"] = TakeoverBench.RunAsync,
    ["trigger"] = TriggerBench.RunAsync,
    ["designer"] = DesignerBench.RunAsync,
};
var json = args.SkipWhile(argument => argument != "--json").Skip(1).FirstOrDefault();
var names = args.TakeWhile(argument => argument != "--json").ToList();
if (names.FirstOrDefault(name => !benches.ContainsKey(name)) is { } unknown)
{
    Console.Error.WriteLine($"There is no benchmark '{unknown}': {string.Join(", ", benches.Keys)}.");
    return 2;
}

var results = new List<BenchResult>();
foreach (var name in names.Count > 0 ? names : [.. benches.Keys]) results.AddRange(await benches[name]());

var table = new Table().AddColumns("Benchmark", "Workload", "Value", "Floor", "Ratio", "To reach");
foreach (var result in results)
    table.AddRow(result.Name, Markup.Escape(result.Workload), $"{result.Value:n1} {result.Unit}", result.Floor is { } floor ? $"{floor:n1}" : "", result.Ratio is { } ratio ? $"{ratio:0.00}" : "", Markup.Escape(result.Target));
AnsiConsole.Write(table);
if (json is not null) await File.WriteAllTextAsync(json, JsonSerializer.Serialize(results, ContractJson.Indented));
return 0;

static Task<IReadOnlyList<BenchResult>> One(Func<BenchResult> bench) => Task.FromResult<IReadOnlyList<BenchResult>>([bench()]);
