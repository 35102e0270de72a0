using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Tests.Support;
using static Flows.Tests.Runs.DebugCalls;

namespace Flows.Tests.Runs;

/// <summary>Looking into a run over HTTP: run to a step, pins, breakpoints, steps, and what went through a port.</summary>
public sealed class DebugTests(SharedHub shared) : IClassFixture<SharedHub>
{
    [Fact]
    public async Task A_run_to_a_step_runs_what_it_needs_even_when_what_comes_after_is_not_finished()
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("upto", Some.Line("a", "first"), Each("each", "[1,2]", Sequence("s", Js("x", "'x' + getVariable('CurrentValue')"), Some.Line("y", "never"))), Some.Activity("unfinished", "Nothing.Known")));

        var run = await RunAsync(hub.Http, "upto", new DebugRequest { To = "x" });
        var refused = await hub.Http.PostAsJsonAsync("/api/flows/upto/runs?draft=true", new RunRequest { Debug = new DebugRequest { To = "none" } }, ContractJson.Options);

        Assert.Equal((RunSubStatus.Finished, "x"), (run.SubStatus, run.Debug!.To));
        Assert.Equal(["first", "x1", "x2"], run.Lines);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("no activity 'none'", await refused.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Pinned_outputs_stand_in_for_the_work_only_in_runs_that_are_debugged()
    {
        var hub = shared.Hub;
        var inner = Pinned(Some.Activity("deep", "Elsa.RunJavaScript", ("script", Script("return 'worked deep'"))), "pinned deep");
        await hub.ImportAsync(Some.Chain("child", inner, Js("tell", "getOutputFrom('deep')")));
        var make = Pinned(Some.Activity("make", "Elsa.RunJavaScript", ("script", Script("return 'worked'"))), "pinned");
        await hub.ImportAsync(Some.Chain("pins", Each("each", "[1]", Sequence("s", make, Js("say", "getOutputFrom('make')"))), Some.Activity("use", "Child", ("workflowDefinitionId", JsonValue.Create("child")))));

        var debugged = await RunAsync(hub.Http, "pins", new DebugRequest());
        var plain = await hub.RunAsync("pins");

        Assert.Equal(["pinned", "pinned deep"], debugged.Lines);
        Assert.Equal(["make", "deep"], debugged.Steps.Where(step => step.Pinned).Select(step => step.ActivityId));
        Assert.Equal(["worked", "worked deep"], plain.Lines);
        Assert.DoesNotContain(plain.Steps, step => step.Pinned);
    }

    [Fact]
    public async Task A_run_from_a_step_keeps_results_and_stops_where_it_is_told()
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("from", Some.Line("a", "a"), Some.Line("b", "b"), Some.Line("c", "c")));
        var before = await hub.RunAsync("from");

        var answer = await hub.Http.PostAsJsonAsync($"/api/runs/{before.Id}/rerun?from=b&version=draft", new { debug = new DebugRequest { Breakpoints = [new Breakpoint("c")] } }, ContractJson.Options);
        var run = (await answer.Content.ReadFromJsonAsync<JsonObject>())!["runId"]!.GetValue<string>();
        var stopped = await hub.UntilAsync(run, record => record.SubStatus == RunSubStatus.Suspended);
        await PostAsync(hub.Http, $"/api/runs/{run}/continue");
        var ended = await hub.UntilAsync(run, record => record.Status == RunStatus.Finished);

        Assert.Equal([("a", true), ("b", false)], stopped.Steps.Where(step => step.ActivityId is "a" or "b").Select(step => (step.ActivityId, step.Cached)));
        Assert.Equal("c", Assert.Single(stopped.Bookmarks, bookmark => bookmark.Halt == Halt.Breakpoint).ActivityId);
        Assert.Equal(RunSubStatus.Finished, ended.SubStatus);
    }

    [Fact]
    public async Task A_run_that_stands_still_survives_the_death_of_the_server_and_goes_on_step_by_step()
    {
        var data = Directory.CreateTempSubdirectory("flows-debug-").FullName;
        string run;
        await using (var killed = await HubProcess.StartAsync(data))
        {
            await killed.Http.ImportFlowAsync(Some.Chain("still", Some.Activity("each", "Elsa.ParallelForEach", ("items", Json("[1,2]")), ("body", Js("in", "'pass ' + getVariable('CurrentValue')"))), Some.Line("after", "after"), Some.Line("end", "end")));
            run = await StartAsync(killed.Http, "still", new DebugRequest { Breakpoints = [new Breakpoint("in")] });
            await killed.Http.UntilRunAsync(run, record => record.Bookmarks.Count == 2);
            await PostAsync(killed.Http, $"/api/runs/{run}/continue?bookmark={(await killed.Http.UntilRunAsync(run, _ => true)).Bookmarks[1].Id}");
            await killed.Http.UntilRunAsync(run, record => record is { Bookmarks.Count: 1, SubStatus: RunSubStatus.Suspended });
            await killed.KillAsync();
        }

        await using (var next = await HubProcess.StartAsync(data))
        {
            var still = await next.Http.UntilRunAsync(run, record => record.SubStatus == RunSubStatus.Suspended);
            Assert.Equal(["pass 2"], still.Lines);
            Assert.Equal(("in", Halt.Breakpoint), (still.Bookmarks[0].ActivityId, still.Bookmarks[0].Halt));
            await PostAsync(next.Http, $"/api/runs/{run}/step");
            var stepped = await next.Http.UntilRunAsync(run, record => record.Bookmarks is [{ ActivityId: "after" }]);
            Assert.Equal(["pass 2", "pass 1"], stepped.Lines);
            Assert.Equal(Halt.Step, stepped.Bookmarks[0].Halt);
            await PostAsync(next.Http, $"/api/runs/{run}/continue");
            Assert.Equal(["pass 2", "pass 1", "after", "end"], (await next.Http.UntilRunAsync(run, record => record.Status == RunStatus.Finished)).Lines);
        }
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task A_run_that_a_step_starts_stops_too_and_its_parent_waits_until_it_has_gone_on()
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("inner", Some.Line("a", "inner")));
        await hub.ImportAsync(Some.Chain("outer", Some.Activity("start", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", Some.Text("inner"))), Js("after", "getOutputFrom('start').SubStatus")));

        var parent = await StartAsync(hub.Http, "outer", new DebugRequest { Breakpoints = [new Breakpoint("a", "inner")] });
        IReadOnlyList<RunSummary> started = [];
        await Eventually.TrueAsync(async () => (started = (await hub.Http.GetFromJsonAsync<List<RunSummary>>("/api/runs?definitionId=inner", ContractJson.Options))!).Count == 1);
        var child = started[0].Id;
        await hub.UntilAsync(child, run => run.SubStatus == RunSubStatus.Suspended);
        var (standing, waiting) = (await hub.RecordAsync(child), await hub.RecordAsync(parent));
        await PostAsync(hub.Http, $"/api/runs/{child}/continue");
        var ended = await hub.UntilAsync(parent, run => run.Status == RunStatus.Finished);

        Assert.Equal("a", Assert.Single(standing.Bookmarks).ActivityId);
        Assert.DoesNotContain(waiting.Steps, step => step.ActivityId == "after");
        Assert.Equal(["inner", "Finished"], ended.Lines);
    }

    [Fact]
    public async Task Breakpoints_are_changed_and_a_run_is_paused_while_it_is_under_way()
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("change", Some.Line("a", "a"), Some.Line("b", "b"), Some.Line("c", "c")));
        var run = await StartAsync(hub.Http, "change", new DebugRequest { Step = true });
        await hub.UntilAsync(run, record => record.Bookmarks is [{ ActivityId: "a" }]);

        var put = await hub.Http.PutAsJsonAsync($"/api/runs/{run}/breakpoints", new[] { new Breakpoint("b") }, ContractJson.Options);
        await PostAsync(hub.Http, $"/api/runs/{run}/continue");
        await hub.UntilAsync(run, record => record.Bookmarks is [{ ActivityId: "b", Halt: Halt.Breakpoint }]);
        await PostAsync(hub.Http, $"/api/runs/{run}/pause");
        await hub.Http.PostAsJsonAsync($"/api/bookmarks/{(await hub.RecordAsync(run)).Bookmarks[0].Id}/resume", new { });
        var paused = await hub.UntilAsync(run, record => record.Bookmarks is [{ ActivityId: "c", Halt: Halt.Step }]);

        Assert.Equal(HttpStatusCode.Accepted, put.StatusCode);
        Assert.Equal((true, "b"), (paused.Debug!.Step, Assert.Single(paused.Debug.Breakpoints).ActivityId));
    }

    [Fact]
    public async Task What_cannot_be_steered_is_refused_with_a_reason()
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("plain", Some.Delay("d", 3600)));
        await hub.ImportAsync(Some.Chain("asks", Some.Line("a", "x")));
        var plain = await hub.StartRunAsync("plain");
        var over = (await RunAsync(hub.Http, "asks", new DebugRequest())).Id;
        var debugged = await StartAsync(hub.Http, "asks", new DebugRequest { Step = true });

        Assert.Equal(HttpStatusCode.NotFound, (await hub.Http.PostAsync("/api/runs/none/step", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await hub.Http.PostAsync($"/api/runs/{plain}/step", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await hub.Http.PostAsync($"/api/runs/{over}/continue", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await hub.Http.PostAsync($"/api/runs/{debugged}/step?bookmark={debugged}.9.9", null)).StatusCode);
    }

    [Fact]
    public async Task What_went_through_a_port_is_shown_of_each_pass_and_of_a_table_its_rows()
    {
        var hub = shared.Hub;
        await hub.Http.PutAsync("/api/flows/ports/files/t.csv", new StringContent("x,y\n1,2\n3,4\n"));
        await hub.ImportAsync(Some.Chain("ports", Some.Activity("rows", "Flows.FileSource", ("path", Some.Text("t.csv"))), Each("each", "[7,8]", Some.Activity("twice", "Elsa.RunJavaScript", ("script", Script("return getVariable('CurrentValue') * 2")))),
            Some.Activity("big", "Elsa.RunJavaScript", ("script", Script("return 'z'.repeat(100000)")))));
        var run = await RunAsync(hub.Http, "ports", new DebugRequest());
        var first = run.Steps.First(step => step.ActivityId == "twice").StepId;
        var table = run.Steps.Single(step => step.ActivityId == "rows").Outputs!.First(output => Flows.Contract.Artifacts.Artifact.From(output.Value) is not null).Key;

        Assert.Equal(16, (await PortAsync($"twice/result")).Value!.GetValue<double>());
        Assert.Equal(14, (await PortAsync($"twice/result?step={first}")).Value!.GetValue<double>());
        Assert.Equal((2, "x"), ((int)(await PortAsync($"rows/{table}")).Preview!.Rows!, (await PortAsync($"rows/{table}")).Preview!.Columns![0].Name));
        Assert.Equal(("input", "t.csv"), ((await PortAsync("rows/path")).Side, (await PortAsync("rows/path")).Value!.GetValue<string>()));
        Assert.Equal((true, 64 * 1024), ((await PortAsync("big/result")).Value is null, (await PortAsync("big/result")).Text!.Length));
        foreach (var none in new[] { "none/result", "twice/none", "twice/result?step=none", "rows/path?side=output" })
            Assert.Equal(HttpStatusCode.NotFound, (await hub.Http.GetAsync($"/api/runs/{run.Id}/ports/{none}")).StatusCode);

        async Task<PortValue> PortAsync(string port) => (await hub.Http.GetFromJsonAsync<PortValue>($"/api/runs/{run.Id}/ports/{port}", ContractJson.Options))!;
    }
}
