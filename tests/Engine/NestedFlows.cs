using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;
using Microsoft.Extensions.Time.Testing;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Engine;

/// <summary>Flows inside flows, incidents, and where a run begins.</summary>
public sealed class NestedFlows
{
    [Fact]
    public async Task A_flow_as_activity_takes_inputs_and_gives_outputs_and_an_outcome()
    {
        var child = new FlowBuilder("Child").Input("Name").Output("Greeting").Outcome("Warm").Chain(
            Activity("set", "Elsa.SetOutput", ("outputName", FlowInput.Literal("String", "Greeting")), ("outputValue", Js("Object", "'Hello ' + getInput('Name')"))),
            Activity("complete", "Elsa.Complete", ("outcomes", FlowInput.Literal("Object", "Warm")))).Build();
        var parent = new FlowBuilder("Parent").Variable("said")
            .Add(Use("child", "Child", ("name", Js("Object", "'Ada'")), ("greeting", new JsonObject { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = "said" } })), Line("line", "variables.said"))
            .Wire("child", "line", "Warm").Build();

        var run = (await MemoryRun.Of(parent, [child, parent]).BeginAsync()).State.ToRecord();

        Assert.Equal(["Hello Ada"], run.Lines);
        Assert.Equal(["Warm"], run.Steps.Single(step => step.ActivityId == "child").Outcomes);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("v1", 2, "one")]
    [InlineData("v2", 1, "two")]
    [InlineData("of-another-server", 1, "three")]
    [InlineData(null, 2, "two")]
    [InlineData(null, 9, "three")]
    [InlineData("", 1, "one")]
    public async Task A_flow_as_activity_runs_the_version_that_it_names(string? versionId, int version, string expected)
    {
        var versions = new[] { "one", "two", "three" }.Select((line, at) => Version("Child", at + 1, line)).ToList();
        var parent = new FlowBuilder("Parent").Add(Use("child", "Child", ("workflowDefinitionVersionId", versionId), ("version", version), ("latestAvailablePublishedVersion", 3))).Build();

        var run = (await MemoryRun.Of(parent, versions).BeginAsync()).State.ToRecord();

        Assert.Equal([expected], run.Lines);
    }

    [Fact]
    public async Task A_version_of_another_flow_is_not_taken_for_one_of_this()
    {
        var parent = new FlowBuilder("Parent").Add(Use("child", "Child", ("workflowDefinitionVersionId", "v1"))).Build();

        var run = (await MemoryRun.Of(parent, [Version("Other", 1, "other"), new(WithId(Version("Child", 2, "mine").Json, "v2"))]).BeginAsync()).State.ToRecord();

        Assert.Equal(["mine"], run.Lines);
    }

    [Theory]
    [InlineData(null, "Done")]
    [InlineData("""{"typeName":"Object","expression":{"type":"Object","value":"[\"Warm\",\"Cold\"]"}}""", "Warm,Cold")]
    [InlineData("""{"typeName":"Object","expression":{"type":"JavaScript","value":"'Cold'"}}""", "Cold")]
    public async Task Complete_without_outcomes_is_Done(string? outcomes, string expected)
    {
        var complete = Activity("complete", "Elsa.Complete", ("outcomes", outcomes is null ? null : JsonNode.Parse(outcomes)));
        var child = new FlowBuilder("Child").Outcome("Warm").Outcome("Cold").Chain(Line("in"), complete, Line("never")).Build();
        var parent = new FlowBuilder("Parent").Add(Use("child", "Child"), Line("Done"), Line("Warm"), Line("Cold"))
            .Wire("child", "Done").Wire("child", "Warm", "Warm").Wire("child", "Cold", "Cold").Build();

        var run = (await MemoryRun.Of(parent, [child]).BeginAsync()).State.ToRecord();

        Assert.Equal($"in,{expected}", string.Join(',', run.Lines));
    }

    [Fact]
    public async Task A_flow_that_is_not_there_faults_with_its_name()
    {
        var run = (await MemoryRun.Of(new FlowBuilder().Add(Use("child", "Gone")).Build()).BeginAsync()).State.ToRecord();

        Assert.Contains("no published flow for the activity 'Gone'", Assert.Single(run.Incidents).Message);
    }

    [Fact]
    public async Task A_flow_that_runs_itself_without_end_faults()
    {
        var flow = new FlowBuilder("Self").Add(Use("again", "Self")).Build();

        var run = (await MemoryRun.Of(flow, [flow]).BeginAsync()).State.ToRecord();

        Assert.Equal(RunSubStatus.Faulted, run.SubStatus);
        Assert.Contains("levels deep", Assert.Single(run.Incidents).Message);
    }

    [Theory]
    [InlineData(null, RunStatus.Finished, RunSubStatus.Faulted)]
    [InlineData("Elsa.Workflows.IncidentStrategies.ContinueWithIncidentsStrategy, Elsa.Workflows.Core", RunStatus.Running, RunSubStatus.Suspended)]
    public async Task The_incident_strategy_says_whether_a_fault_ends_the_run(string? strategy, RunStatus status, RunSubStatus subStatus)
    {
        var flow = new FlowBuilder().Add(Activity("start", "Elsa.Start"), Activity("fault", "Elsa.Fault", ("message", FlowInput.Literal("String", "boom"))), Line("other"))
            .Wire("start", "fault").Wire("start", "other");
        if (strategy is not null) flow.Options["incidentStrategyType"] = strategy;

        var run = (await MemoryRun.Of(flow.Build()).BeginAsync()).State.ToRecord();

        Assert.Equal((status, subStatus), (run.Status, run.SubStatus));
        Assert.Equal(("fault", "boom"), (run.Incidents[0].ActivityId, run.Incidents[0].Message));
        Assert.Equal(["other"], run.Lines);
    }

    [Fact]
    public async Task A_trigger_starts_the_flow_where_it_stands_and_does_not_wait_again()
    {
        var flow = new FlowBuilder().Add(Activity("start", "Elsa.Start"), Line("manual"), Activity("timer", "Elsa.Timer", ("interval", FlowInput.Literal("TimeSpan", "00:01:00"))), Line("timed"))
            .Wire("start", "manual").Wire("timer", "timed").Build();

        var manual = await MemoryRun.Of(flow).BeginAsync();
        var timed = await MemoryRun.Of(flow).BeginAsync(trigger: "timer");

        Assert.Equal(["manual"], manual.State.ToRecord().Lines);
        Assert.Equal(["timed"], timed.State.ToRecord().Lines);
    }

    [Fact]
    public async Task A_delay_makes_a_bookmark_with_its_time_and_the_resume_input_becomes_the_result()
    {
        var flow = new FlowBuilder().Chain(Activity("delay", "Elsa.Delay", ("timeSpan", FlowInput.Literal("TimeSpan", "00:05:00"))), Line("line", "getOutputFrom('delay')")).Build();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
        var run = await new MemoryRun(FlowGraph.Compile(flow, (_, _) => null), new StepExecutor(MemoryRun.Catalog, time)).BeginAsync();
        var bookmark = Assert.Single(run.State.ToRecord().Bookmarks);

        run.Happen(new RunEvent.BookmarkResumed("unknown"));
        run.Happen(new RunEvent.BookmarkResumed(bookmark.Id, "woken"));
        await run.WorkAsync();

        Assert.Equal(new DateTimeOffset(2026, 5, 1, 12, 5, 0, TimeSpan.Zero), bookmark.DueAt);
        Assert.Equal(["woken"], run.State.ToRecord().Lines);
    }

    private static FlowDefinition Version(string flow, int version, string line)
    {
        var json = WithId(new FlowBuilder(flow).Add(Line(line)).Build().Json, $"v{version}");
        json["version"] = version;
        return new FlowDefinition(json);
    }

    private static JsonObject WithId(JsonObject json, string id)
    {
        json["id"] = id;
        return json;
    }

    private static JsonObject Use(string id, string flow, params (string, JsonNode?)[] properties) =>
        Activity(id, flow, [("workflowDefinitionId", flow), .. properties]);
}
