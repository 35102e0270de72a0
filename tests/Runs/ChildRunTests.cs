using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Runs;

/// <summary>Runs that start runs, on the real server.</summary>
public sealed class ChildRunTests
{
    [Fact]
    public async Task A_child_is_a_run_of_its_own_that_knows_its_parent()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Some.Chain("child", Line("said", "'hello ' + getInput('Who')")));
        await hub.ImportAsync(Some.Chain("parent", Start("run", "Elsa.ExecuteWorkflow", "child", ("input", Js("ObjectDictionary", "({Who: 'Ada'})"))), Line("after", "getOutputFrom('run').SubStatus")));

        var parent = await hub.RunAsync("parent");

        var child = await hub.RecordAsync(Assert.Single(parent.Steps.Single(step => step.ActivityId == "run").ChildRuns!));
        Assert.Equal(["hello Ada", "Finished"], parent.Lines);
        Assert.Equal((parent.Id, "child", "run"), (child.ParentRunId, child.DefinitionId, child.Trigger));
        Assert.Equal(parent.Id, (await hub.Http.GetFromJsonAsync<List<RunSummary>>("/api/runs?definitionId=child", ContractJson.Options))!.Single().ParentRunId);
    }

    [Fact]
    public async Task Children_that_wait_are_cancelled_with_their_parent()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Some.Chain("child", Some.Activity("event", "Elsa.Event", ("eventName", Some.Text("never")))));
        await hub.ImportAsync(Some.Chain("parent", Start("bulk", "Elsa.BulkDispatchWorkflows", "child", ("items", Js("Object[]", "[1,2,3]")))));
        var parent = await hub.StartRunAsync("parent");
        await hub.UntilAsync(parent, run => run.SubStatus == RunSubStatus.Suspended);
        var children = (await hub.RecordAsync(parent)).Steps.Single(step => step.ActivityId == "bulk").ChildRuns!;

        await hub.Http.PostAsync($"/api/runs/{parent}/cancel", null);

        Assert.Equal(3, children.Count);
        foreach (var child in children) Assert.Equal(RunSubStatus.Cancelled, (await hub.UntilAsync(child, run => run.Status == RunStatus.Finished)).SubStatus);
    }

    [Fact]
    public async Task A_server_that_is_killed_between_parent_and_children_starts_each_child_once()
    {
        var data = Directory.CreateTempSubdirectory("flows-children-");
        string parent;
        await using (var first = await HubProcess.StartAsync(data.FullName))
        {
            await first.Http.ImportFlowAsync(Some.Chain("child", Some.Delay("d", 0.3), Line("line", "'child ' + getInput('Item')")));
            await first.Http.ImportFlowAsync(Some.Chain("parent", Start("bulk", "Elsa.BulkDispatchWorkflows", "child", ("items", Js("Object[]", "Array.from({length: 40}, (_, i) => i)"))), Line("after", "'after'")));
            parent = await first.Http.StartRunAsync("parent");
            await first.Http.UntilListedAsync(runs => runs.Count > 5);
            await first.KillAsync();
        }
        await using var second = await HubProcess.StartAsync(data.FullName);

        var run = await second.Http.UntilRunAsync(parent, record => record.Status == RunStatus.Finished);

        var children = (await second.Http.GetFromJsonAsync<List<RunSummary>>("/api/runs?definitionId=child&limit=200", ContractJson.Options))!;
        Assert.Equal(RunSubStatus.Finished, run.SubStatus);
        Assert.Equal(40, children.Count);
        Assert.Equal(Enumerable.Range(0, 40).Select(item => $"child {item}").Order(), run.Lines.Where(line => line != "after").Order());
        await second.KillAsync();
        data.Delete(recursive: true);
    }

    [Fact]
    public async Task A_flow_that_starts_itself_without_end_is_stopped()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Some.Chain("self", Start("again", "Elsa.ExecuteWorkflow", "self")));

        await hub.RunAsync("self");

        var runs = (await hub.Http.GetFromJsonAsync<List<RunSummary>>("/api/runs?definitionId=self&limit=200", ContractJson.Options))!;
        Assert.Contains("levels deep", (await hub.RecordAsync(runs[0].Id)).Incidents[0].Message);
    }

    [Theory]
    [InlineData("Elsa.Workflows.ActivationValidators.SingletonStrategy, Elsa.Workflows.Core", "a", "b", true)]
    [InlineData("CorrelatedSingletonStrategy", "a", "a", true)]
    [InlineData("CorrelatedSingletonStrategy", "a", "b", false)]
    [InlineData("Elsa.Workflows.ActivationValidators.CorrelationStrategy, Elsa.Workflows.Core", "a", "a", true)]
    [InlineData("Elsa.Workflows.ActivationValidators.AllowAlwaysStrategy, Elsa.Workflows.Core", "a", "a", false)]
    public async Task A_flow_is_started_as_its_strategy_says(string strategy, string first, string second, bool refused)
    {
        await using var hub = await TestHub.StartAsync();
        var flow = JsonNode.Parse(Some.Chain("one", Some.Activity("event", "Elsa.Event", ("eventName", Some.Text("go")))))!;
        flow["options"] = new JsonObject { ["activationStrategyType"] = strategy };
        await hub.ImportAsync(flow.ToJsonString());

        await StartAsync(hub, first);
        var again = await StartAsync(hub, second);

        Assert.Equal(refused ? HttpStatusCode.Conflict : HttpStatusCode.Accepted, again.StatusCode);
        if (refused) Assert.Contains("is still going on", await again.Content.ReadAsStringAsync());
        await hub.Http.UntilListedAsync(runs => runs.All(run => run!["subStatus"]!.GetValue<string>() == "Suspended"));
        await hub.Http.PostAsJsonAsync("/api/events/go", new { });
        await hub.Http.UntilListedAsync(runs => runs.All(run => run!["status"]!.GetValue<string>() == "Finished"));
        Assert.Equal(HttpStatusCode.Accepted, (await StartAsync(hub, first)).StatusCode);
    }

    [Fact]
    public async Task Of_many_starts_at_once_a_singleton_takes_one()
    {
        await using var hub = await TestHub.StartAsync();
        var flow = JsonNode.Parse(Some.Chain("one", Some.Activity("event", "Elsa.Event", ("eventName", Some.Text("go")))))!;
        flow["options"] = new JsonObject { ["activationStrategyType"] = "SingletonStrategy" };
        await hub.ImportAsync(flow.ToJsonString());

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => StartAsync(hub, "x")));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Accepted);
    }

    private static Task<HttpResponseMessage> StartAsync(TestHub hub, string correlation) =>
        hub.Http.PostAsJsonAsync("/api/flows/one/runs", new RunRequest { CorrelationId = correlation }, ContractJson.Options);

    private static JsonObject Start(string id, string type, string flow, params (string, JsonNode)[] more) =>
        Some.Activity(id, type, [("workflowDefinitionId", Some.Text(flow)), ("waitForCompletion", FlowInput.Literal("Boolean", true)), .. more]);

    private static JsonObject Line(string id, string script) => Some.Activity(id, "Elsa.WriteLine", ("text", Js("String", script)));

    private static JsonObject Js(string type, string script) => FlowInput.Wrap(type, ExpressionTypes.JavaScript, script);
}
