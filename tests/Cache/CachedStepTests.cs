using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Cache;

/// <summary>Steps whose result a later run takes instead of running: what counts as the same, and what switches it off.</summary>
public sealed class CachedStepTests(PostgresServer postgres, SharedHub shared) : IClassFixture<SharedHub>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flows-cache-").FullName;

    [Theory, InlineData(StorageKind.Sqlite), LongData(StorageKind.Postgres)]
    public async Task A_second_run_takes_the_result_of_the_first_also_after_a_restart(StorageKind kind)
    {
        using var storage = await TestStorage.NewAsync(kind, postgres);
        RunRecord first;
        await using (var hub = await TestHub.StartAsync(storage.Folder, storage.Options))
        {
            await hub.ImportAsync(Counted("1"));
            first = await hub.RunAsync("counted");
        }
        await using var next = await TestHub.StartAsync(storage.Folder, storage.Options);

        var second = await next.RunAsync("counted");

        var step = second.Steps.Single(step => step.ActivityId == "work");
        Assert.Equal((true, first.Id, StepStatus.Completed), (step.Cached, step.CachedFrom, step.Status));
        Assert.Equal(Artifact.From(first.Steps.Single(one => one.ActivityId == "work").Outputs!["out"])!.Sha256, Artifact.From(step.Outputs!["out"])!.Sha256);
        Assert.Equal("x", Count);
    }

    [Fact]
    public async Task Another_input_script_or_file_is_another_result()
    {
        var hub = shared.Hub;
        await RunAsync(hub, Counted("1"));
        await RunAsync(hub, Counted("2"));
        Assert.Equal("xx", Count);

        await RunAsync(hub, Counted("1", more: "# told differently"));
        Assert.Equal("xxx", Count);
        await RunAsync(hub, Counted("1"));
        Assert.Equal("xxx", Count);
    }

    [Fact]
    public async Task A_script_file_and_what_lies_beside_it_count_as_code()
    {
        var hub = shared.Hub;
        await hub.ImportAsync(WithFile());
        await PutAsync(hub, "main.py", Script("1"));
        await PutAsync(hub, "beside.py", "x = 1");
        await hub.RunAsync("counted");
        await hub.RunAsync("counted");
        Assert.Equal("x", Count);

        await PutAsync(hub, "beside.py", "x = 2");
        await hub.RunAsync("counted");

        Assert.Equal("xx", Count);
    }

    [Fact]
    public async Task It_is_off_for_a_step_that_does_not_ask_for_a_run_that_says_so_and_for_the_whole_server()
    {
        var hub = shared.Hub;
        await RunAsync(hub, Counted("1", cache: "{\"enabled\":false}"));
        await RunAsync(hub, Counted("1", cache: "{\"enabled\":false}"));
        Assert.Equal("xx", Count);

        await RunAsync(hub, Counted("1"));
        await RunAsync(hub, Counted("1"), new RunRequest { NoCache = true });
        Assert.Equal("xxxx", Count);

        Environment.SetEnvironmentVariable("Cache__Enabled", "false");
        try
        {
            await using var off = await TestHub.StartAsync();
            await RunAsync(off, Counted("1"));
            await RunAsync(off, Counted("1"));
        }
        finally { Environment.SetEnvironmentVariable("Cache__Enabled", null); }
        Assert.Equal("xxxxxx", Count);
    }

    [Fact]
    public async Task What_is_too_old_or_no_longer_stored_is_done_anew()
    {
        await using var hub = await TestHub.StartAsync();
        await RunAsync(hub, Counted("1"));
        await RunAsync(hub, Counted("1", cache: "{\"enabled\":true,\"ttlSeconds\":0.001}"));
        Assert.Equal("xx", Count);

        Directory.Delete(Path.Combine(hub.Data, "artifacts"), recursive: true);
        var again = await RunAsync(hub, Counted("1"));

        Assert.Equal("xxx", Count);
        Assert.False(again.Steps.Single(step => step.ActivityId == "work").Cached);
    }

    [Fact]
    public async Task Of_the_same_step_in_many_runs_at_once_one_is_carried_out()
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Counted("1", more: "import time; time.sleep(0.5)"));

        var runs = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => hub.RunAsync("counted")));

        Assert.Equal("x", Count);
        Assert.Equal(4, runs.Count(run => run.Steps.Any(step => step.Cached)));
    }

    [Fact]
    public async Task Who_waits_for_a_step_that_is_cancelled_carries_it_out()
    {
        var hub = shared.Hub;
        var go = Path.Combine(_folder, "go");
        await hub.ImportAsync(Counted("1", more: $"import os, time\nwhile not os.path.exists({Quoted(go)}): time.sleep(0.02)"));
        var first = await hub.StartRunAsync("counted");
        await hub.UntilAsync(first, run => run.Steps.Any(step => step is { ActivityId: "work", Status: StepStatus.Running }));
        var second = await hub.StartRunAsync("counted");
        await hub.UntilAsync(second, run => run.Steps.Any(step => step is { ActivityId: "work", Status: StepStatus.Queued }));

        await hub.Http.PostAsync($"/api/runs/{first}/cancel", null);
        await hub.UntilAsync(second, run => run.Steps.Any(step => step is { ActivityId: "work", Status: StepStatus.Running }));
        await File.WriteAllTextAsync(go, "");

        Assert.Equal(RunSubStatus.Finished, (await hub.UntilAsync(second, run => run.Status == RunStatus.Finished)).SubStatus);
    }

    [Fact]
    public async Task Running_again_from_a_step_does_it_again()
    {
        var hub = shared.Hub;
        var before = await RunAsync(hub, Counted("1"));

        var answer = await hub.Http.PostAsync($"/api/runs/{before.Id}/rerun?from=work&wait=60", null);

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.Equal("xx", Count);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Count => File.ReadAllText(Path.Combine(_folder, "count"));

    private static async Task<RunRecord> RunAsync(TestHub hub, string flow, RunRequest? request = null)
    {
        await hub.ImportAsync(flow);
        var answer = await hub.Http.PostAsJsonAsync("/api/flows/counted/runs?wait=60", request ?? new RunRequest(), ContractJson.Options);
        var record = (await answer.Content.ReadFromJsonAsync<RunRecord>(ContractJson.Options))!;
        Assert.True(record.SubStatus == RunSubStatus.Finished, string.Join(' ', record.Incidents));
        return record;
    }

    // A step that counts how often it really ran and gives its parameter.
    private string Counted(string parameter, string cache = "{\"enabled\":true}", string more = "") => Flow(("script", Script(parameter) + more), cache);

    private string WithFile() => Flow(("scriptFile", "main.py"), "{\"enabled\":true}");

    private string Script(string parameter) => $"import flows\nopen({Quoted(Path.Combine(_folder, "count"))}, 'a').write('x')\nopen(flows.output('out'), 'w').write('{parameter}')\n";

    private static string Flow((string Name, string Text) code, string cache) => Some.Chain("counted",
        Some.Activity("work", "Flows.PythonScript", (code.Name, Some.Text(code.Text)), ("customProperties", new JsonObject
        {
            ["cache"] = JsonNode.Parse(cache),
            ["ports"] = new JsonObject { ["outputs"] = new JsonArray(new JsonObject { ["name"] = "out", ["type"] = "File" }) },
        })));

    private static async Task PutAsync(TestHub hub, string path, string text) =>
        Assert.True((await hub.Http.PutAsync($"/api/flows/counted/files/{path}", new StringContent(text))).IsSuccessStatusCode);

    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
