using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Tests.Conformance;

/// <summary>
/// The conformance folder: flows, and what the real Elsa 3.8 engine did with them. The environment variable
/// <c>FLOWS_CONFORMANCE</c> names another folder of the same form; what is not in it has no cases.
/// </summary>
public static class ElsaCases
{
    public const string Variable = "FLOWS_CONFORMANCE";

    private static readonly string Folder = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } other
        ? Path.GetFullPath(other)
        : Path.Combine(AppContext.BaseDirectory, "Conformance", "Data", "elsa");

    private static readonly Lazy<JsonObject> Golden = new(() => Read("golden.json"));

    private static readonly Lazy<JsonObject> RandomGolden = new(() => Read("random-golden.json"));

    private static readonly Lazy<JsonObject> Index = new(() => Read("index.json"));

    /// <summary>(case id, mode) of every case of elsa-core's own tests that was run.</summary>
    public static IEnumerable<TheoryDataRow<string, string>> Listed() =>
        from golden in Golden.Value
        from mode in golden.Value!.AsObject()
        select new TheoryDataRow<string, string>(golden.Key, mode.Key);

    public static IEnumerable<TheoryDataRow<string>> Indexed() =>
        from one in Index.Value.Objects("cases")
        where one.Text("mode") is "counter" or "token"
        select new TheoryDataRow<string>(one.Text("id")!);

    public static IEnumerable<TheoryDataRow<string, string>> Random() =>
        from golden in RandomGolden.Value
        from mode in golden.Value!.AsObject()
        select new TheoryDataRow<string, string>(golden.Key, mode.Key);

    public static IEnumerable<TheoryDataRow<string>> Published() => OfMode("publish-only");

    public static IEnumerable<TheoryDataRow<string>> Served() => OfMode("http");

    public static IEnumerable<TheoryDataRow<string>> Structured() => OfMode("structure");

    public static JsonObject Case(string id) => Index.Value.Objects("cases").First(one => one.Text("id") == id);

    public static JsonObject Expected(string id, string mode) => Golden.Value[id]![mode]!.AsObject();

    public static JsonObject ExpectedRandom(string id, string mode) => RandomGolden.Value[id]![mode]!.AsObject();

    public static IReadOnlyList<FlowDefinition> Files(JsonObject one) => one.Texts("files").Select(file => Flow(Path.Combine("workflows", file))).ToList();

    public static FlowDefinition RandomFlow(string id) => Flow(Path.Combine("random", id + ".json"));

    private static IEnumerable<TheoryDataRow<string>> OfMode(string mode) =>
        Index.Value.Objects("cases").Where(one => one.Text("mode") == mode).Select(one => new TheoryDataRow<string>(one.Text("id")!));

    private static FlowDefinition Flow(string path) => FlowFile.ReadOne(File.ReadAllText(Path.Combine(Folder, path)));

    private static JsonObject Read(string file) => Path.Combine(Folder, file) is var path && File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path))!.AsObject() : [];
}
