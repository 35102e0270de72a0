using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Engine;

public sealed class DisabledNodes
{
    [Fact]
    public async Task A_disabled_node_is_passed_and_what_follows_runs()
    {
        var run = await RunAsync(Flowchart("root",
            [Line("first", "'one'"), Disabled(Activity("broken", "Elsa.Fault", ("message", "never"))), Line("last", "'two'")],
            [new FlowConnection("first", "Done", "broken", "In").ToJson(), new FlowConnection("broken", "Done", "last", "In").ToJson()]));

        Assert.Equal(["one", "two"], run.Lines);
        Assert.Equal(RunSubStatus.Finished, run.SubStatus);
    }

    [Fact]
    public async Task A_disabled_loop_does_not_enter_its_body()
    {
        var run = await RunAsync(Disabled(Activity("each", "Elsa.ForEach", ("items", Js("Object[]", "[1,2]")), ("body", Line("line", "'in'")))));

        Assert.Empty(run.Lines);
        Assert.Equal(RunSubStatus.Finished, run.SubStatus);
    }

    [Fact]
    public void What_a_disabled_node_lacks_is_no_problem()
    {
        var flow = new FlowDefinition(new JsonObject { ["definitionId"] = "f", ["root"] = Flowchart("root", [Activity("call", "Elsa.ExecuteWorkflow")], []) });
        var catalog = new ActivityCatalog(EngineActivities.Descriptors);
        Assert.Contains(FlowChecks.Of(flow, catalog), problem => problem.Code == "missing-input");

        flow.Find("call")!.Json["customProperties"] = new JsonObject { ["disabled"] = true };

        Assert.DoesNotContain(FlowChecks.Of(flow, catalog), problem => problem.Code == "missing-input");
    }

    private static async Task<RunRecord> RunAsync(JsonObject activity) =>
        (await MemoryRun.Of(new FlowBuilder().Chain(activity).Build()).BeginAsync()).State.ToRecord();

    private static JsonObject Disabled(JsonObject activity)
    {
        activity["customProperties"] = new JsonObject { ["disabled"] = true };
        return activity;
    }
}
