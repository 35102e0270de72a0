using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Engine;

/// <summary>Flows that start other flows as runs of their own.</summary>
public sealed class ChildRuns
{
    private static readonly FlowDefinition Child = new FlowBuilder("child").Output("Twice").Chain(Line("said", "'child of ' + getInput('ParentInstanceId')"),
        Activity("set", "Elsa.SetOutput", ("outputName", FlowInput.Literal("String", "Twice")), ("outputValue", Js("Object", "getInput('N') * 2")))).Build();

    private static readonly FlowDefinition Waiting = new FlowBuilder("waiting").Chain(Line("before"), Activity("event", "Elsa.Event", ("eventName", FlowInput.Literal("String", "e"))), Line("late")).Build();

    private static readonly FlowDefinition Faulty = new FlowBuilder("faulty").Add(Activity("fault", "Elsa.Fault", ("message", FlowInput.Literal("String", "boom")))).Build();

    [Theory]
    [InlineData("Elsa.ExecuteWorkflow", true)]
    [InlineData("Elsa.ExecuteWorkflow", false)]
    [InlineData("Elsa.DispatchWorkflow", true)]
    public async Task A_flow_named_by_an_input_gives_its_outputs_and_lines(string type, bool waits)
    {
        var run = await RunAsync(Start("run", type, "child", waits, ("input", Js("ObjectDictionary", "({N: 21})"))), Line("line", "getOutputFrom('run').Twice"));

        Assert.Equal(["child of run", "42"], run.State.ToRecord().Lines);
        Assert.Equal(RunSubStatus.Finished, run.State.SubStatus);
        Assert.DoesNotContain("set:Started", run.JournalLines);
        Assert.Equal([run.ChildRuns[0].Child.RunId], run.State.ToRecord().Steps.Single(step => step.ActivityId == "run").ChildRuns);
    }

    [Fact]
    public async Task A_dispatched_flow_is_not_waited_for()
    {
        var run = await RunAsync(Start("run", "Elsa.DispatchWorkflow", "waiting", waits: false), Line("line", "getOutputFrom('run').WorkflowInstanceId"));

        Assert.Equal([run.ChildRuns[0].Child.RunId], run.State.ToRecord().Lines);
        Assert.Equal((RunSubStatus.Finished, RunSubStatus.Suspended), (run.State.SubStatus, run.ChildRuns[0].Run.State.SubStatus));
    }

    [Fact]
    public async Task An_executed_flow_that_is_not_waited_for_runs_as_far_as_it_can_before_its_parent_goes_on()
    {
        var run = await RunAsync(Start("run", "Elsa.ExecuteWorkflow", "waiting", waits: false), Line("after"));

        Assert.Equal(["before", "after"], run.State.ToRecord().Lines);
        Assert.Equal(RunSubStatus.Finished, run.State.SubStatus);
    }

    [Theory]
    [InlineData("Elsa.ExecuteWorkflow")]
    [InlineData("Elsa.DispatchWorkflow")]
    public async Task A_flow_that_is_waited_for_holds_its_parent_at_a_bookmark_until_it_is_over(string type)
    {
        var run = await RunAsync(Start("run", type, "waiting", waits: true), Line("after"));
        var before = run.State.ToRecord();

        await run.EndChildrenAsync();

        Assert.Equal((RunSubStatus.Suspended, "run"), (before.SubStatus, Assert.Single(before.Bookmarks).ActivityId));
        Assert.Equal(["before", "late", "after"], run.State.ToRecord().Lines);
        Assert.Equal(["run:Started", "run:Suspended", "run:Resumed", "run:Completed"], run.JournalLines.Where(line => line.StartsWith("run:", StringComparison.Ordinal)));
        Assert.Equal(JsonSerializer.Serialize(run.State.ToRecord(), ContractJson.Options), JsonSerializer.Serialize(run.Replayed(), ContractJson.Options));
    }

    [Fact]
    public async Task A_child_that_faults_does_not_fault_its_parent_and_says_so()
    {
        var run = await RunAsync(Start("run", "Elsa.ExecuteWorkflow", "faulty", waits: true), Line("after", "getOutputFrom('run').SubStatus"));

        Assert.Equal((RunSubStatus.Finished, "Faulted"), (run.State.SubStatus, Assert.Single(run.State.ToRecord().Lines)));
    }

    [Fact]
    public async Task A_flow_that_is_not_there_faults_the_step()
    {
        var run = (await RunAsync(Start("run", "Elsa.DispatchWorkflow", "gone", waits: false))).State.ToRecord();

        Assert.Equal(("run", "There is no published flow 'gone'."), (run.Incidents[0].ActivityId, run.Incidents[0].Message));
    }

    [Fact]
    public async Task A_list_starts_a_run_for_each_item_with_its_own_input_and_correlation()
    {
        var bulk = Start("bulk", "Elsa.BulkDispatchWorkflows", "child", waits: true, ("items", Js("Object[]", "[{N: 1}, {N: 2}, {N: 3}]")), ("correlationIdFunction", Js("String", "'c' + Item.N")));
        bulk["childCompleted"] = Line("each", "ChildInstanceId.length > 0 ? 'done ' + getChildOutput().Twice : ''".Replace("ChildInstanceId", "getChildInstanceId()"));
        var flow = new FlowBuilder("parent").Add(bulk, Line("completed"), Line("done")).Wire("bulk", "completed", "Completed").Wire("bulk", "done");

        var run = await MemoryRun.Of(flow.Build(), [Child]).BeginAsync();

        Assert.Equal(["done 2", "done 4", "done 6", "completed", "done"], run.State.ToRecord().Lines.Where(line => !line.StartsWith("child of", StringComparison.Ordinal)));
        Assert.Equal(["c1", "c2", "c3"], run.ChildRuns.Select(child => child.Child.CorrelationId));
        Assert.Equal(3, run.ChildRuns.Select(child => child.Child.RunId).Distinct().Count());
        Assert.Equal([2.0, 4.0, 6.0], run.State.ToRecord().Steps.Single(step => step.ActivityId == "bulk").Outputs!["result"]!.AsArray().Select(one => one!["WorkflowOutput"]!["Twice"]!.AsNumber() ?? 0));
    }

    [Theory]
    [InlineData("[1]", "faulted", "Completed")]
    [InlineData("[]", null, null)]
    public async Task A_list_goes_on_after_faults_and_without_items(string items, string? handled, string? outcome)
    {
        var bulk = Start("bulk", "Elsa.BulkDispatchWorkflows", "faulty", waits: true, ("items", Js("Object[]", items)));
        bulk["childFaulted"] = Line("faulted");

        var run = (await RunAsync(bulk)).State.ToRecord();

        Assert.Equal(RunSubStatus.Finished, run.SubStatus);
        Assert.Equal(handled is null ? [] : [handled], run.Lines);
        Assert.Equal(outcome ?? "Done", run.Steps.Single(step => step.ActivityId == "bulk").Outcomes[0]);
    }

    [Fact]
    public async Task A_new_owner_starts_the_same_child_again_and_a_report_counts_once()
    {
        var state = new RunState("run", FlowGraph.Compile(new FlowBuilder().Chain(Start("run", "Elsa.DispatchWorkflow", "child", waits: true), Line("after")).Build(), (_, _) => null, MemoryRun.Catalog));
        var begun = state.Apply(new RunEvent.Begun([]));
        var execute = begun.Effects.OfType<RunEffect.Execute>().Single();
        var result = await new StepExecutor(MemoryRun.Catalog, TimeProvider.System).ExecuteAsync(state, execute.Step, _ => null!, default);
        var start = state.Apply(new RunEvent.StepEnded(execute.Step, 1, result)).Effects.OfType<RunEffect.StartChild>().Single();
        var again = state.Pending().OfType<RunEffect.StartChild>().Single();
        var report = new RunEvent.ChildReported(start.Step, start.Child.RunId, RunSubStatus.Finished, [], ["once"]);

        state.Apply(report);
        state.Apply(report);
        state.Apply(new RunEvent.ChildStarted(start.Step, start.Child.RunId));

        Assert.Equal(start.Child.RunId, again.Child.RunId);
        Assert.Empty(state.Pending().OfType<RunEffect.StartChild>());
        Assert.Equal(["once"], state.ToRecord().Lines);
        Assert.Equal(StepStatus.Completed, state.Step(start.Step).Status);
    }

    [Fact]
    public async Task What_is_said_of_an_earlier_attempts_children_is_void()
    {
        var bulk = Start("bulk", "Elsa.BulkDispatchWorkflows", "child", waits: true, ("items", Js("Object[]", "[1, 2]")));
        bulk["customProperties"] = new JsonObject { ["faultPolicy"] = new JsonObject { ["retries"] = new JsonObject { ["count"] = 3 } } };
        var state = new RunState("run", FlowGraph.Compile(new FlowBuilder().Chain(bulk).Build(), (_, _) => null, MemoryRun.Catalog));
        var execute = state.Apply(new RunEvent.Begun([])).Effects.OfType<RunEffect.Execute>().Single();
        var result = await new StepExecutor(MemoryRun.Catalog, TimeProvider.System).ExecuteAsync(state, execute.Step, _ => null!, default);
        var starts = state.Apply(new RunEvent.StepEnded(execute.Step, 1, result)).Effects.OfType<RunEffect.StartChild>().ToList();
        Assert.Equal(2, starts.Count);

        foreach (var start in starts) state.Apply(new RunEvent.ChildStarted(start.Step, start.Child.RunId, "cannot start"));

        Assert.Equal((StepStatus.Running, 2), (state.Step(execute.Step).Status, state.Step(execute.Step).Attempt));
        Assert.Equal("cannot start", Assert.Single(state.Step(execute.Step).EarlierFaults!).Message);
    }

    private static async Task<MemoryRun> RunAsync(params JsonObject[] activities) =>
        await MemoryRun.Of(new FlowBuilder("parent").Chain(activities).Build(), [Child, Waiting, Faulty]).BeginAsync();

    private static JsonObject Start(string id, string type, string flow, bool waits, params (string, JsonNode?)[] more) =>
        Activity(id, type, [("workflowDefinitionId", FlowInput.Literal("String", flow)), ("waitForCompletion", FlowInput.Literal("Boolean", waits)), .. more]);
}
