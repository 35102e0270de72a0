using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Engine;
using Flows.Hub.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Runs;

public sealed class CompiledFlowsTests
{
    private readonly CompiledFlows _flows = new(new ActivityCatalog(EngineActivities.Descriptors));

    [Fact]
    public void A_flow_is_compiled_once()
    {
        var flow = Flow(Some.Line("a", "one"));

        Assert.Same(_flows.Of(flow, "digest", None), _flows.Of(flow, "digest", None));
        Assert.NotSame(_flows.Of(flow, "digest", None), _flows.Of(flow, "another", None));
    }

    [Fact]
    public void One_that_uses_another_is_compiled_for_each_run_as_that_stands_then()
    {
        var flow = Flow(Some.Activity("a", "Inner", ("workflowDefinitionId", "inner")));

        var (first, second) = (_flows.Of(flow, "digest", Version(1)), _flows.Of(flow, "digest", Version(2)));

        Assert.Equal([1, 2], new[] { first, second }.Select(graph => graph.Definitions.Single(one => one.DefinitionId == "inner").Version));
    }

    [Fact]
    public void Large_ones_are_not_kept_for_ever()
    {
        var few = new CompiledFlows(new ActivityCatalog(EngineActivities.Descriptors), most: 20);
        var large = Flow([.. Enumerable.Range(0, 12).Select(i => Some.Line($"l{i}", "one"))]);
        var first = few.Of(large, "first", None);

        Assert.Same(first, few.Of(large, "first", None));
        few.Of(large, "second", None);

        Assert.NotSame(first, few.Of(large, "first", None));
    }

    private static FlowDefinition? None(string name, int? version) => null;

    private static Func<string, int?, FlowDefinition?> Version(int version) => (name, _) => name == "inner"
        ? new FlowDefinition(new() { ["definitionId"] = "inner", ["name"] = "inner", ["version"] = version, ["root"] = new System.Text.Json.Nodes.JsonObject { ["id"] = "chart", ["type"] = "Elsa.Flowchart" } })
        : null;

    private static FlowDefinition Flow(params System.Text.Json.Nodes.JsonObject[] activities) => FlowFile.ReadOne(Some.Chain("f", activities));
}
