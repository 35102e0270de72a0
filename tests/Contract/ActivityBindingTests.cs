using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;

namespace Flows.Tests.Contract;

public sealed class ActivityBindingTests
{
    private static readonly ActivityCatalog Catalog = ActivityCatalog.Of(typeof(Weigh).Assembly);

    [Fact]
    public void A_class_describes_itself_with_ports_settings_ranges_and_defaults()
    {
        var weigh = Catalog.Find("Test.Weigh")!;

        Assert.Equal(["rows", "share", "how", "columns"], weigh.Inputs.Select(input => input.Name));
        Assert.Equal(("Table", true, true), (weigh.Inputs[0].Type, weigh.Inputs[0].IsPort, weigh.Inputs[0].Required));
        Assert.Equal((0.05, 0.95, "number", 0.8), (weigh.Inputs[1].Minimum, weigh.Inputs[1].Maximum, weigh.Inputs[1].Editor, weigh.Inputs[1].Default!.GetValue<double>()));
        Assert.Equal(["fast", "careful"], weigh.Inputs[2].Choices);
        Assert.Equal(["weight"], weigh.Outputs.Select(output => output.Name));
        Assert.Equal(ActivityDescriptor.Default, weigh.Queue);
    }

    [Fact]
    public void Inputs_are_read_from_json_and_from_text_and_outputs_written_back()
    {
        var made = (Weigh)Catalog.Create("Test.Weigh", new JsonObject { ["rows"] = Table(), ["share"] = "0.5", ["how"] = "careful", ["columns"] = "a, b\nc" });

        Assert.Equal((0.5, Manner.Careful), (made.Share, made.How));
        Assert.Equal(["a", "b", "c"], made.Columns);
        Assert.Equal("7", ActivityCatalog.Outputs(made)["weight"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{}""", "'rows' is missing")]
    [InlineData("""{"rows": 3}""", "'rows' must be an artifact")]
    [InlineData("""{"rows": {"sha256":"x","kind":"Table","name":"t","size":1}, "share": "much"}""", "'share' must be a number, not \"much\"")]
    [InlineData("""{"rows": {"sha256":"x","kind":"Table","name":"t","size":1}, "share": 2}""", "'share' must be between")]
    [InlineData("""{"rows": {"sha256":"x","kind":"Table","name":"t","size":1}, "how": "badly"}""", "'how' must be one of fast, careful")]
    public void A_mistake_names_the_input(string inputs, string expected)
    {
        var fault = Assert.Throws<ActivityFault>(() => Catalog.Create("Test.Weigh", (JsonObject)JsonNode.Parse(inputs)!));

        Assert.Contains(expected, fault.Message);
    }

    private static JsonObject Table() => new Artifact("x", "Table", "t", 1).ToJson();

    private enum Manner { Fast, Careful }

    [Activity("Test.Weigh", "Weigh", Heavy = true)]
    private sealed class Weigh : IActivity
    {
        [Input(Type = "Table")] public required Artifact Rows { get; init; }

        [Setting, Range(0.05, 0.95)] public double Share { get; init; } = 0.8;

        [Setting] public Manner How { get; init; }

        [Setting(Editor = "columns")] public IReadOnlyList<string> Columns { get; init; } = [];

        [Output] public int Weight { get; } = 7;

        public Task RunAsync(ActivityContext context, CancellationToken cancellation) => Task.CompletedTask;
    }
}
