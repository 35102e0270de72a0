using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Checks;
using Flows.Contract.Flows;
using Flows.Contract.Runs;
using Flows.Tests.Cli;
using Flows.Tests.Support;

namespace Flows.Tests.Robustness;

/// <summary>Flows that use other flows as activities: there or missing, in any order, replaced in the middle of a run.</summary>
public sealed class UsedFlowsTests
{
    private static readonly string Parent = Some.Chain("parent", Uses("c", "child"), Some.Line("z", "after"));

    [Fact]
    public async Task A_flow_whose_child_is_missing_comes_in_as_a_draft_that_says_so_and_is_published_once_the_child_is_there()
    {
        await using var hub = await TestHub.StartAsync();

        var saved = Assert.Single(await hub.ImportAsync(Parent));
        var problem = Assert.Single(saved.Problems);
        Assert.Equal(("missing-flow", "c", ProblemLevel.Error), (problem.Code, problem.ActivityId, problem.Level));
        Assert.Equal(HttpStatusCode.NotFound, (await hub.Http.PostAsync("/api/flows/parent/runs", Body("{}"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await hub.Http.PostAsync("/api/flows/parent/runs?draft=true", Body("{}"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await hub.Http.PostAsync("/api/flows/parent/publish", null)).StatusCode);

        await hub.ImportAsync(Child("first"));
        Assert.Empty((await (await hub.Http.PostAsync("/api/flows/check", Body(Parent))).Content.ReadFromJsonAsync<FlowProblem[]>(ContractJson.Options))!);
        var published = await (await hub.Http.PostAsync("/api/flows/parent/publish", null)).Content.ReadFromJsonAsync<FlowSaved>(ContractJson.Options);

        Assert.Empty(published!.Problems);
        Assert.Equal(["first", "after"], (await hub.RunAsync("parent")).Lines);
    }

    [Fact]
    public async Task Flows_that_come_in_together_may_use_each_other_in_any_order()
    {
        await using var hub = await TestHub.StartAsync();
        var ping = Some.Chain("ping", Uses("p", "pong"));
        var pong = Some.Chain("pong", Some.Line("a", "pong"), Uses("q", "ping"));

        var saved = await hub.ImportAsync($"[{Parent},{Child("first")},{ping},{pong}]");

        Assert.All(saved, flow => Assert.Empty(flow.Problems));
        Assert.Equal(["first", "after"], (await hub.RunAsync("parent")).Lines);
        Assert.All(await hub.Http.GetFromJsonAsync<FlowSummary[]>("/api/flows", ContractJson.Options) ?? [], flow => Assert.Equal(1, flow.PublishedVersion));
    }

    [Fact]
    public async Task Several_versions_of_one_flow_in_a_file_are_all_published()
    {
        await using var hub = await TestHub.StartAsync();

        var saved = await hub.ImportAsync($"[{Child("first")},{Child("second")},{Parent}]");

        Assert.Equal([1, 2, 1], saved.Select(flow => flow.Version));
        Assert.Equal(["second", "after"], (await hub.RunAsync("parent")).Lines);
        Assert.Equal(2, (await hub.Http.GetFromJsonAsync<FlowVersionSummary[]>("/api/flows/child/versions", ContractJson.Options))!.Count(version => version.IsPublished));
    }

    [Fact]
    public async Task The_command_line_takes_flows_in_any_order_too()
    {
        using var flows = new FlowsProgram();
        flows.Write("parent.json", Parent);
        flows.Write("child.json", Child("first"));
        flows.Write("uses.json", Some.Chain("uses", Uses("u", "parent")));

        var missing = await flows.RunAsync("run", "parent.json");
        var run = await flows.RunAsync("run", "uses.json", "--import", "parent.json", "--import", "child.json");
        var imported = await flows.RunAsync("import", "uses.json", "parent.json", "child.json", "--data", "other");

        Assert.Equal(2, missing.Code);
        Assert.Contains("c", missing.Error);
        Assert.Contains("which does not exist here", missing.Error);
        Assert.Equal(0, run.Code);
        Assert.Contains("after", run.Error);
        Assert.Equal(0, imported.Code);
        Assert.DoesNotContain("does not exist", imported.Output);
    }

    [Fact]
    public async Task A_run_keeps_the_child_that_it_started_with_when_another_is_published_and_after_a_restart()
    {
        var data = Directory.CreateTempSubdirectory("flows-republish-").FullName;
        try
        {
            string run;
            await using (var first = await TestHub.StartAsync(data))
            {
                await first.ImportAsync($"[{Child("old")},{Some.Chain("late", Some.Delay("d", 2), Uses("c", "child"), Uses("e", "child"))}]");
                run = await first.StartRunAsync("late");
                await first.UntilAsync(run, record => record.SubStatus == RunSubStatus.Suspended);
                await first.ImportAsync(Child("new"));
            }

            await using var second = await TestHub.StartAsync(data);
            var record = await second.UntilAsync(run, record => record.Status == RunStatus.Finished);

            Assert.Equal(["old", "old"], record.Lines);
            Assert.Equal(["new", "new"], (await second.RunAsync("late")).Lines);
        }
        finally { Directory.Delete(data, recursive: true); }
    }

    [Fact]
    public async Task A_run_goes_on_when_its_flows_are_deleted_under_it()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync($"[{Child("old")},{Some.Chain("late", Some.Delay("d", 0.5), Uses("c", "child"))}]");
        var run = await hub.StartRunAsync("late");

        await hub.Http.DeleteAsync("/api/flows/child");
        await hub.Http.DeleteAsync("/api/flows/late");

        Assert.Equal(["old"], (await hub.UntilAsync(run, record => record.Status == RunStatus.Finished)).Lines);
    }

    private static JsonObject Uses(string id, string flow) => Some.Activity(id, flow, ("workflowDefinitionId", flow));

    private static string Child(string text) => Some.Chain("child", Some.Line("l", text));

    private static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");
}
