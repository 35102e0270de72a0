using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Runs;

public sealed class BehaviourTests(SharedHub shared) : IClassFixture<SharedHub>
{
    [Fact]
    public async Task Cancelling_a_run_ends_the_processes_of_its_script()
    {
        var hub = shared.Hub;
        var pid = Path.Combine(hub.Data, "pid");
        await hub.ImportAsync(Some.Chain("endless", Python("p", $"import os, time\nopen({Quoted(pid)}, 'w').write(str(os.getpid()))\nwhile True: time.sleep(0.1)\n")));
        var run = await hub.StartRunAsync("endless");
        await Eventually.TrueAsync(() => Task.FromResult(File.Exists(pid) && new FileInfo(pid).Length > 0));

        await hub.Http.PostAsync($"/api/runs/{run}/cancel", null);

        Assert.Equal(RunSubStatus.Cancelled, (await hub.UntilAsync(run, record => record.Status == RunStatus.Finished)).SubStatus);
        await Eventually.TrueAsync(() => Task.FromResult(!IsAlive(File.ReadAllText(pid))), () => "the script lives on");
    }

    [Fact]
    public async Task A_script_that_prints_without_end_keeps_ten_megabytes_and_says_what_was_dropped()
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("chatty", Python("p", "line = 'x' * 999\nfor i in range(30000): print(line)\n")));

        var run = await hub.RunAsync("chatty");

        Assert.Equal(RunSubStatus.Finished, run.SubStatus);
        Assert.True(new FileInfo(Path.Combine(hub.Data, "logs", run.Id + ".jsonl")).Length < 12 * 1024 * 1024);
        var lines = await hub.Http.GetFromJsonAsync<List<LogLine>>($"/api/runs/{run.Id}/logs", ContractJson.Options);
        Assert.Contains("dropped", lines![^1].Text);
    }

    [Fact]
    public async Task A_script_that_exits_with_three_faults_its_node_and_the_run()
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("three", Python("p", "import sys\nsys.exit(3)\n"), Some.Line("b", "never")));

        var run = await hub.RunAsync("three");

        Assert.Equal(RunSubStatus.Faulted, run.SubStatus);
        Assert.Contains("3", run.Incidents.Single(incident => incident.ActivityId == "p").Message);
        Assert.Empty(run.Lines);
    }

    [Fact]
    public async Task A_step_leaves_no_work_folder_behind()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Some.Chain("tidy", Python("p", "open('left', 'w').write('x')\n")));

        await hub.RunAsync("tidy");

        foreach (var place in (string[])["steps", "over"])
        {
            var folder = Path.Combine(hub.Data, "work", place);
            await Eventually.TrueAsync(() => Task.FromResult(!Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any()));
        }
    }

    [Fact]
    public async Task A_run_keeps_the_version_it_started_with()
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("versions", Some.Line("a", "old")));
        var run = await hub.RunAsync("versions");
        await hub.ImportAsync(Some.Chain("versions", Some.Line("a", "new")));

        var definition = await hub.Http.GetStringAsync($"/api/runs/{run.Id}/definition");

        Assert.Contains("\"old\"", definition);
        Assert.DoesNotContain("\"new\"", definition);
    }

    [Fact]
    public async Task The_list_shows_newest_first_and_says_what_a_live_run_does_now()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Some.Chain("quick", Some.Line("a", "x")));
        await hub.ImportAsync(Some.Chain("slow", Some.Delay("d", 3600)));
        var done = await hub.RunAsync("quick");
        var waiting = await hub.StartRunAsync("slow");
        // The record is the live run's; what the list asks by is written a moment later.
        await Eventually.TrueAsync(async () => (await ListAsync(hub, "?subStatus=Suspended")).Count == 1);

        var all = await ListAsync(hub, "");

        Assert.Equal([waiting, done.Id], all.Select(run => run.Id));
        Assert.Equal(RunSubStatus.Suspended, all[0].SubStatus);
        Assert.Equal([done.Id], (await ListAsync(hub, "?status=Finished")).Select(run => run.Id));
        Assert.Equal([waiting], (await ListAsync(hub, "?subStatus=Suspended")).Select(run => run.Id));
        Assert.Equal([done.Id], (await ListAsync(hub, $"?after={waiting}")).Select(run => run.Id));
    }

    [Fact]
    public async Task Live_news_name_a_large_value_by_its_size_and_the_record_has_it_whole()
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("large", Some.Delay("d", 0.5), Some.Line("a", new string('x', 50_000))));
        var run = await hub.StartRunAsync("large");

        var steps = (await hub.Http.GetStringAsync($"/api/runs/{run}/events")).Split("\n\n").Where(news => news.StartsWith("event: step", StringComparison.Ordinal)).ToList();

        Assert.Contains(steps, news => news.Contains("characters; the run's record has all of them"));
        Assert.All(steps, news => Assert.True(news.Length < 10_000));
        Assert.Equal(50_000, (await hub.RecordAsync(run)).Lines[0].Length);
    }

    [Theory]
    [InlineData("{\"inputs\":", HttpStatusCode.BadRequest)]
    [InlineData("{\"inputs\": 3}", HttpStatusCode.BadRequest)]
    public async Task A_request_that_cannot_be_read_is_a_problem_not_a_crash(string body, HttpStatusCode expected)
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("bad", Some.Line("a", "x")));

        var answer = await hub.Http.PostAsync("/api/flows/bad/runs", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.NotEmpty((await answer.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!.GetValue<string>());
    }

    [Fact]
    public async Task Another_sites_page_and_another_name_for_this_machine_are_refused()
    {
        var hub = shared.Hub;
        var foreign = new HttpRequestMessage(HttpMethod.Post, "/api/runs/x/cancel") { Headers = { { "Origin", "https://evil.example" } } };
        var rebound = new HttpRequestMessage(HttpMethod.Get, "/api/runs") { Headers = { Host = "evil.example" } };

        Assert.Equal(HttpStatusCode.Forbidden, (await hub.Http.SendAsync(foreign)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await hub.Http.SendAsync(rebound)).StatusCode);
    }

    [Fact]
    public async Task The_routes_are_described_in_open_api()
    {
        var hub = shared.Hub;

        var document = await hub.Http.GetFromJsonAsync<JsonObject>("/openapi/v1.json");

        Assert.NotNull(document!["paths"]!["/api/flows/{definitionId}/runs"]);
    }

    private static async Task<List<RunSummary>> ListAsync(TestHub hub, string query) =>
        (await hub.Http.GetFromJsonAsync<List<RunSummary>>("/api/runs" + query, ContractJson.Options))!;

    private static JsonObject Python(string id, string script) => Some.Activity(id, "Flows.PythonScript", ("script", Some.Text(script)));

    private static string Quoted(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    // A zombie has ended: only its entry is left.
    private static bool IsAlive(string pid) =>
        File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
}
