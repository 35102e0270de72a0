using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Hub.Runners;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Scripts = Flows.Tests.Robustness.Python;

namespace Flows.Tests.Runners;

/// <summary>Real runner processes around a server, given their jobs by PostgreSQL's queues or over HTTP alone.</summary>
public sealed class RunnerTests(PostgresServer postgres)
{
    [Theory]
    [InlineData(StorageKind.Sqlite)]
    [LongData(StorageKind.Postgres)]
    public async Task A_runner_that_is_killed_in_a_step_loses_it_to_the_other_as_the_next_attempt(StorageKind kind)
    {
        await using var site = await SiteAsync(kind);
        var first = await site.RunnerAsync("first", "--capacity", "1");
        await site.Hub.ImportAsync(Some.Chain("kill", RunnerSite.Probe("p", 4), Some.Line("z", "after")));
        var run = await site.Hub.StartRunAsync("kill");
        await site.Hub.UntilAsync(run, record => Step(record, "p")?.Runner == "first");

        await first.KillAsync();
        await site.RunnerAsync("second", "--capacity", "1");
        var record = await site.Hub.UntilAsync(run, record => record.Status == RunStatus.Finished);

        Assert.Equal((RunSubStatus.Finished, "second", 2), (record.SubStatus, Step(record, "p")!.Runner, Step(record, "p")!.Attempt));
        await site.UntilAsync(runners => runners.Single(runner => runner.Name == "first").Status == "gone");
        await NothingLeftAsync(site);
    }

    [Fact]
    public async Task A_step_waits_for_a_runner_with_its_labels_and_goes_nowhere_else()
    {
        await using var site = await SiteAsync(StorageKind.Sqlite);
        await site.RunnerAsync("plain");
        await site.Hub.ImportAsync(RunnerSite.AtOnce("labels", RunnerSite.Probe("any", 0), RunnerSite.Probe("gpu", 0, new JsonObject { ["placement"] = new JsonObject { ["labels"] = new JsonArray("GPU") } })));
        var run = await site.Hub.StartRunAsync("labels");
        await site.Hub.UntilAsync(run, record => Step(record, "any")?.Status == StepStatus.Completed);
        Assert.Equal(StepStatus.Queued, Step(await site.Hub.RecordAsync(run), "gpu")!.Status);

        await site.RunnerAsync("special", "--labels", "gpu,cpu");
        var record = await site.Hub.UntilAsync(run, record => record.Status == RunStatus.Finished);

        Assert.Equal(("plain", "special"), (Step(record, "any")!.Runner, Step(record, "gpu")!.Runner));
        Assert.Equal(["gpu", "cpu"], (await site.RunnersAsync()).Single(runner => runner.Name == "special").Labels);
    }

    [Fact]
    public async Task Slots_of_a_key_and_the_places_of_runners_are_never_exceeded_and_none_is_left_after_kills()
    {
        await using var site = await SiteAsync(StorageKind.Postgres);
        var doomed = await site.RunnerAsync("doomed", "--capacity", "4");
        await site.RunnerAsync("steady", "--capacity", "4");
        var two = new JsonObject { ["concurrency"] = new JsonObject { ["key"] = "licence", ["limit"] = 2 } };
        await site.Hub.ImportAsync(RunnerSite.AtOnce("slots", [.. Enumerable.Range(0, 8).Select(i => RunnerSite.Probe($"p{i}", 0.4, (JsonObject)two.DeepClone()))]));
        var run = await site.Hub.StartRunAsync("slots");
        var most = 0;
        await site.Hub.UntilAsync(run, record =>
        {
            most = Math.Max(most, record.Steps.Count(step => step is { ActivityType: "Flows.Probe", Status: StepStatus.Running }));
            return record.Steps.Any(step => step is { ActivityType: "Flows.Probe", Status: StepStatus.Completed });
        });
        await doomed.KillAsync();
        var record = await site.Hub.UntilAsync(run, record => record.Status == RunStatus.Finished);

        var steps = record.Steps.Where(step => step.ActivityType == "Flows.Probe").ToList();
        Assert.Equal((RunSubStatus.Finished, 8), (record.SubStatus, steps.Count));
        Assert.InRange(most, 1, 2);
        Assert.All(steps, one => Assert.InRange(steps.Count(other => other.Attempt == 1 && one.Attempt == 1 && other.StartedAt <= one.StartedAt && other.FinishedAt > one.StartedAt), 0, 2));
        await NothingLeftAsync(site);
    }

    [Fact]
    public async Task A_draining_runner_finishes_what_it_has_takes_nothing_new_and_ends_with_0()
    {
        await using var site = await SiteAsync(StorageKind.Postgres);
        var drained = await site.RunnerAsync("drained", "--capacity", "1");
        await site.Hub.ImportAsync(Some.Chain("drain", RunnerSite.Probe("p", 2), RunnerSite.Probe("q", 0)));
        var run = await site.Hub.StartRunAsync("drain");
        await site.Hub.UntilAsync(run, record => Step(record, "p")?.Status == StepStatus.Running);

        drained.Terminate();
        Assert.Equal(0, await drained.ExitAsync());
        var between = await site.Hub.UntilAsync(run, record => Step(record, "p")?.Status == StepStatus.Completed);
        Assert.Equal((1, StepStatus.Queued), (Step(between, "p")!.Attempt, Step(between, "q")!.Status));
        Assert.Empty(await site.RunnersAsync().ContinueWith(list => list.Result.Where(runner => runner.Name == "drained")));

        await site.RunnerAsync("next");
        var record = await site.Hub.UntilAsync(run, record => record.Status == RunStatus.Finished);
        Assert.Equal(("drained", "next"), (Step(record, "p")!.Runner, Step(record, "q")!.Runner));
    }

    [Fact]
    public async Task What_does_not_end_in_the_time_of_grace_is_given_back_and_done_by_another()
    {
        await using var site = await SiteAsync(StorageKind.Sqlite);
        var hurried = await site.RunnerAsync("hurried", "--grace", "0.2");
        await site.Hub.ImportAsync(Some.Chain("back", RunnerSite.Probe("p", 3)));
        var run = await site.Hub.StartRunAsync("back");
        await site.Hub.UntilAsync(run, record => Step(record, "p")?.Status == StepStatus.Running);

        hurried.Terminate();
        Assert.Equal(0, await hurried.ExitAsync());
        await site.RunnerAsync("next");
        var record = await site.Hub.UntilAsync(run, record => record.Status == RunStatus.Finished);

        Assert.Equal((RunSubStatus.Finished, "next", 2), (record.SubStatus, Step(record, "p")!.Runner, Step(record, "p")!.Attempt));
    }

    [Fact]
    public async Task A_cancelled_run_kills_the_processes_of_its_step_at_the_runner_and_that_is_confirmed()
    {
        Scripts.Required();
        await using var site = await SiteAsync(StorageKind.Postgres);
        await site.RunnerAsync("far");
        var pids = Path.Combine(site.Folder, "pids");
        await site.Hub.ImportAsync(Some.Chain("cancel", Scripts.Step("script", $"""
            import os, signal, subprocess, time
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            child = subprocess.Popen(["sleep", "600"])
            open("{pids}.tmp", "w").write("%d %d" % (os.getpid(), child.pid)); os.rename("{pids}.tmp", "{pids}")
            print("here", flush=True)
            time.sleep(600)
            """)));
        var run = await site.Hub.StartRunAsync("cancel");
        await Eventually.TrueAsync(async () => File.Exists(pids) && (await site.Hub.Http.GetStringAsync($"/api/runs/{run}/logs")).Contains("here"));

        Assert.True((await site.Hub.Http.PostAsync($"/api/runs/{run}/cancel", null)).IsSuccessStatusCode);
        await NothingLeftAsync(site);

        Assert.All((await File.ReadAllTextAsync(pids)).Split(' ').Select(int.Parse), pid => Assert.True(Scripts.IsGone(pid)));
        Assert.Equal(RunSubStatus.Cancelled, (await site.Hub.RecordAsync(run)).SubStatus);
    }

    [Fact]
    public async Task Tables_scripts_and_models_reach_a_runner_and_come_back_from_it()
    {
        Scripts.Required();
        await using var site = await SiteAsync(StorageKind.Sqlite);
        await site.RunnerAsync("far");
        var source = Some.Activity("file", "Flows.FileSource", ("path", Some.Text("rows.csv")), ("table", Bound("rows")));
        var sum = Some.Activity("sum", "Flows.SqlTransform", ("sql", Some.Text("select sum(x) as total from rows")), ("rows", Reads("rows")), ("result", Bound("sum")));
        sum["customProperties"] = JsonNode.Parse("""{"ports": {"inputs": [{"name": "rows", "type": "Table"}]}}""");
        var script = Some.Activity("script", "Flows.PythonScript", ("scriptFile", Some.Text("code/main.py")));
        await site.Hub.ImportAsync(Some.Chain("data", source, sum, script).WithVariables("rows", "sum"));
        foreach (var (file, text) in new[] { ("rows.csv", "x\n1\n2\n39\n"), ("code/main.py", "import neighbour\nprint(neighbour.word)\n"), ("code/neighbour.py", "word = 'imported'\n") })
            Assert.True((await site.Hub.Http.PutAsync($"/api/flows/data/files/{file}", new StringContent(text))).IsSuccessStatusCode);

        var record = await site.Hub.RunAsync("data");

        Assert.True(record.SubStatus == RunSubStatus.Finished, string.Join(' ', record.Incidents));
        Assert.All(record.Steps.Where(step => step.Queue == "default"), step => Assert.Equal("far", step.Runner));
        var artifact = Step(record, "sum")!.Outputs!["result"]!;
        Assert.Contains("42", await site.Hub.Http.GetStringAsync($"/api/previews/{artifact["sha256"]}?kind=Table&name=x.parquet"));
        // A script is recorded with those beside it, and its flow's files by the digests that the server has of them.
        var code = Step(record, "script")!.Facts!;
        Assert.Equal("word = 'imported'\n", await site.Hub.Http.GetStringAsync($"/api/artifacts/{code.Code!.Snapshot.Sha256}/neighbour.py"));
        Assert.Equal("import neighbour\nprint(neighbour.word)\n", await site.Hub.Http.GetStringAsync($"/api/artifacts/{Assert.Single(code.Files!).Sha256}"));
    }

    [Fact]
    public async Task A_runner_of_one_step_carries_it_out_over_http_with_that_steps_token_and_ends_with_0()
    {
        await using var site = await SiteAsync(StorageKind.Sqlite);
        await site.Hub.ImportAsync(Some.Chain("once", RunnerSite.Probe("p", 0.1), RunnerSite.Probe("q", 0)));
        var run = await site.Hub.StartRunAsync("once");
        var waiting = await site.Hub.UntilAsync(run, record => Step(record, "p") is not null);
        var stepId = Step(waiting, "p")!.StepId;
        using var ask = new HttpRequestMessage(HttpMethod.Post, $"/api/steps/{stepId}/token") { Headers = { { "Authorization", $"Bearer {site.Token}" } } };
        string? token = null;
        await Eventually.TrueAsync(async () =>
        {
            using var again = new HttpRequestMessage(HttpMethod.Post, $"/api/steps/{stepId}/token") { Headers = { { "Authorization", $"Bearer {site.Token}" } } };
            var answer = await site.Hub.Http.SendAsync(again);
            return answer.IsSuccessStatusCode && (token = (await answer.Content.ReadFromJsonAsync<StepTokenAnswer>(ContractJson.Options))!.Token) is not null;
        });

        // What a container is told of the image that it runs in is part of the step's record.
        var image = "sha256:" + new string('5', 64);
        await using var once = RunnerProcess.StartIn(["env", $"FLOWS_IMAGE_DIGEST={image}"], "--once", stepId, "--server", site.Hub.Url, "--token", token!, "--data", Path.Combine(site.Folder, "once"));
        Assert.True(await once.ExitAsync() == 0, once.Said);

        var record = await site.Hub.UntilAsync(run, record => Step(record, "p")?.Status == StepStatus.Completed);
        Assert.StartsWith("once-", Step(record, "p")!.Runner);
        Assert.Equal(image, Step(record, "p")!.Facts!.Image);
        await using var late = RunnerProcess.Start("--once", stepId, "--server", site.Hub.Url, "--token", token!, "--data", Path.Combine(site.Folder, "late"));
        Assert.True(await late.ExitAsync() == 2, late.Said);
        Assert.Contains("is not there to be carried out", late.Said);
    }

    [Fact]
    public async Task Wrong_tokens_are_refused()
    {
        await using var site = await SiteAsync(StorageKind.Sqlite);
        await using var stranger = RunnerProcess.Start("--server", site.Hub.Url, "--token", "guess", "--data", Path.Combine(site.Folder, "stranger"));
        Assert.Equal(2, await stranger.ExitAsync());
        // What it said arrives beside its end.
        await Eventually.TrueAsync(() => Task.FromResult(stranger.Said.Contains("runner token is missing or wrong", StringComparison.Ordinal)), () => stranger.Said, 10);

        var (tokens, passes) = (site.Hub.Services.GetRequiredService<StepTokens>(), site.Hub.Services.GetRequiredService<RunnerPasses>());
        foreach (var (path, token) in new[] { ("/api/runners/x/take", site.Token), ("/api/runners/x/take", passes.Of("y")), ("/api/steps/run.1/take", passes.Of("x")), ("/api/runners/pass", site.Token + "x"), ("/api/steps/run.1/models", site.Token), ("/api/steps/run.1/models", tokens.Of(new JobKey("run", 2, 1))), ("/api/steps/run.1/take", "") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(new { session = "s", keys = Array.Empty<string>(), name = "n", model = new { sha256 = "", kind = "", name = "", size = 0 } }) };
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
            Assert.Equal(HttpStatusCode.Unauthorized, (await site.Hub.Http.SendAsync(request)).StatusCode);
        }
        Assert.Equal("run/1/1", tokens.JobOf(tokens.Of(new JobKey("run", 1, 1))).ToString());
    }

    private async Task<RunnerSite> SiteAsync(StorageKind kind) => await RunnerSite.StartAsync(kind == StorageKind.Postgres ? await postgres.NewDatabaseAsync() : null);

    private static Task NothingLeftAsync(RunnerSite site) => Eventually.TrueAsync(
        async () => (await site.Hub.Services.GetRequiredService<JobStore>().CountsAsync(CancellationToken.None)).Count == 0, () => "jobs or slots were left", 20);

    private static StepRecord? Step(RunRecord record, string activityId) => record.Steps.LastOrDefault(step => step.ActivityId == activityId);

    private static JsonObject Bound(string variable) => new() { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = variable } };

    private static JsonObject Reads(string variable) => new() { ["typeName"] = "Object", ["expression"] = new JsonObject { ["type"] = "Variable", ["value"] = new JsonObject { ["id"] = variable, ["name"] = variable } } };
}
