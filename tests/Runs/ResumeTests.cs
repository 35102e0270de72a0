using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Runs;

/// <summary>A run that is over goes on as a new one, over HTTP, through a new version and a dead server.</summary>
public sealed class ResumeTests
{
    [Fact]
    public async Task After_the_flow_was_mended_a_run_goes_on_from_the_step_that_faulted()
    {
        await using var hub = await TestHub.StartAsync();
        var count = Path.Combine(hub.Data, "count");
        await hub.ImportAsync(Flow(count, "raise SystemExit(3)"));
        var before = await hub.RunAsync("mended");
        await hub.ImportAsync(Flow(count, "pass"));

        var after = await PostAsync(hub.Http, $"/api/runs/{before.Id}/resume?version=latest&wait=60");

        Assert.Equal((RunSubStatus.Faulted, RunSubStatus.Finished), (before.SubStatus, after.SubStatus));
        Assert.Equal((before.Id, "resume"), (after.ResumedFrom, after.Trigger));
        Assert.Equal([("a", true), ("b", false), ("c", false)], after.Steps.Where(step => step.ActivityId is "a" or "b" or "c").Select(step => (step.ActivityId, step.Cached)));
        Assert.Equal("x", await File.ReadAllTextAsync(count));
        Assert.Equal(["end"], after.Lines);
    }

    [Fact]
    public async Task A_finished_run_can_be_done_again_from_a_step()
    {
        await using var hub = await TestHub.StartAsync();
        var count = Path.Combine(hub.Data, "count");
        await hub.ImportAsync(Flow(count, "pass"));
        var before = await hub.RunAsync("mended");

        var kept = await PostAsync(hub.Http, $"/api/runs/{before.Id}/rerun?from=c&wait=60");
        var anew = await PostAsync(hub.Http, $"/api/runs/{kept.Id}/rerun?from=a&wait=60");

        Assert.Equal(["a", "b"], kept.Steps.Where(step => step.Cached).Select(step => step.ActivityId));
        Assert.DoesNotContain(anew.Steps, step => step.Cached);
        Assert.Equal("xx", await File.ReadAllTextAsync(count));
    }

    [Fact]
    public async Task What_cannot_go_on_is_refused_with_a_reason()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Some.Chain("quick", Some.Line("a", "x")));
        await hub.ImportAsync(Some.Chain("slow", Some.Delay("d", 3600)));
        var finished = (await hub.RunAsync("quick")).Id;
        var waiting = await hub.StartRunAsync("slow");

        Assert.Equal(HttpStatusCode.Conflict, (await hub.Http.PostAsync($"/api/runs/{finished}/resume", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await hub.Http.PostAsync($"/api/runs/{waiting}/rerun?from=d", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await hub.Http.PostAsync("/api/runs/none/resume", null)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await hub.Http.PostAsync($"/api/runs/{finished}/rerun?from=none", null)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await hub.Http.PostAsync($"/api/runs/{finished}/rerun?from=a&version=7", null)).StatusCode);
    }

    [Fact]
    public async Task A_run_that_goes_on_survives_the_death_of_the_server()
    {
        var data = Directory.CreateTempSubdirectory("flows-resume-").FullName;
        var (count, go) = (Path.Combine(data, "count"), Path.Combine(data, "go"));
        string run;
        await using (var killed = await HubProcess.StartAsync(data))
        {
            await killed.Http.ImportFlowAsync(Flow(count, "raise SystemExit(3)"));
            var before = await killed.Http.StartRunAsync("mended");
            await killed.Http.UntilRunAsync(before, record => record.Status == RunStatus.Finished);
            await killed.Http.ImportFlowAsync(Flow(count, $"import os, time\nwhile not os.path.exists({Quoted(go)}): time.sleep(0.05)"));
            var answer = await killed.Http.PostAsync($"/api/runs/{before}/resume?version=latest", null);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            run = (await answer.Content.ReadFromJsonAsync<JsonObject>())!["runId"]!.GetValue<string>();
            await killed.Http.UntilRunAsync(run, record => record.Steps.Any(step => step is { ActivityId: "b", Status: StepStatus.Running }));
            await killed.KillAsync();
        }
        await File.WriteAllTextAsync(go, "");

        await using (var next = await HubProcess.StartAsync(data))
        {
            var record = await next.Http.UntilRunAsync(run, record => record.Status == RunStatus.Finished);

            Assert.Equal(RunSubStatus.Finished, record.SubStatus);
            Assert.Equal([("a", true), ("b", false)], record.Steps.Where(step => step.ActivityId is "a" or "b").Select(step => (step.ActivityId, step.Cached)));
            Assert.Equal("x", await File.ReadAllTextAsync(count));
        }
        Directory.Delete(data, recursive: true);
    }

    private static async Task<RunRecord> PostAsync(HttpClient http, string path)
    {
        var answer = await http.PostAsync(path, null);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<RunRecord>(ContractJson.Options))!;
    }

    // The first script counts how often it ran; the second is what is mended.
    private static string Flow(string count, string second) => Some.Chain("mended",
        Python("a", $"open({Quoted(count)}, 'a').write('x')\n"), Python("b", second + "\n"), Some.Line("c", "end"));

    private static JsonObject Python(string id, string script) => Some.Activity(id, "Flows.PythonScript", ("script", Some.Text(script)));

    private static string Quoted(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
