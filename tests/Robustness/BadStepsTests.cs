using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Robustness;

/// <summary>Data and scripts that go wrong, in the real server with other runs going on beside them.</summary>
public sealed class BadStepsTests(SharedHub shared) : IClassFixture<SharedHub>, IAsyncLifetime
{
    private readonly TestHub _hub = shared.Hub;
    private string _other = "";

    public async ValueTask InitializeAsync()
    {
        await _hub.ImportAsync(Some.Chain("other", Some.Line("a", "before"), Some.Delay("d", 1), Some.Line("b", "after")));
        _other = await _hub.StartRunAsync("other");
    }

    // Whatever a test did: the run beside it ends well, and the server answers.
    public async ValueTask DisposeAsync()
    {
        await _hub.HealthyAsync();
        Assert.Equal(["before", "after"], (await _hub.UntilAsync(_other, record => record.Status == RunStatus.Finished)).Lines);
    }

    [Fact]
    public async Task A_table_with_ragged_rows_faults_its_node_with_file_and_line()
    {
        await _hub.ImportAsync(Some.Chain("ragged", Some.Activity("load", "Flows.FileSource", ("path", Some.Text("rows.csv"))), Some.Line("z", "never")));
        await _hub.Http.PutAsync("/api/flows/ragged/files/rows.csv", new StringContent("a,b,c\n1,2,3\n4,5\n6,7,8,9\n"));

        var fault = await FaultAsync("ragged", "load");

        Assert.Contains("rows.csv", fault);
        Assert.Contains("line 3", fault);
    }

    [Fact]
    public async Task A_script_that_exits_3_faults_its_node_with_the_code_and_its_last_words()
    {
        Python.Required();
        await _hub.ImportAsync(Some.Chain("exits", Python.Step("script", "import sys\nprint('no such column: price', file=sys.stderr)\nsys.exit(3)"), Some.Line("z", "never")));

        var fault = await FaultAsync("exits", "script");

        Assert.Contains("exit code 3", fault);
        Assert.Contains("no such column: price", fault);
    }

    [Fact]
    public async Task A_script_that_writes_nothing_faults_its_node_with_the_outputs_name()
    {
        Python.Required();
        await _hub.ImportAsync(Some.Chain("lazy", Python.Step("script", "pass").Writes(("cleaned", "Table")), Some.Line("z", "never")));

        Assert.Contains("output 'cleaned'", await FaultAsync("lazy", "script"));
    }

    [Fact]
    public async Task A_script_that_runs_for_ever_faults_its_node_at_its_timeout()
    {
        Python.Required();
        await _hub.ImportAsync(Some.Chain("slow", Python.Step("script", "while True: pass", ("timeout", Some.Text("1"))), Some.Line("z", "never")));

        Assert.Contains("timeout of 1 seconds", await FaultAsync("slow", "script"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n")]
    public async Task Cancelling_ends_a_script_and_all_it_started_even_if_it_does_not_listen(string deaf)
    {
        Python.Required();
        await _hub.ImportAsync(Some.Chain("endless", Python.Step("script", deaf + """
            import os, subprocess, time
            child = subprocess.Popen(["/bin/sh", "-c", "trap '' TERM; sleep 600 & echo grandchild $!; wait; sleep 600"])
            print("script", os.getpid(), flush=True)
            print("child", child.pid, flush=True)
            while True: time.sleep(0.05); print("still here", flush=True)
            """), Some.Line("z", "never")));
        var run = await _hub.StartRunAsync("endless");
        List<int> pids = [];
        await Eventually.TrueAsync(async () => (pids = await PidsAsync(run)).Count == 3);

        await _hub.Http.PostAsync($"/api/runs/{run}/cancel", null);

        var record = await _hub.UntilAsync(run, record => record.Status == RunStatus.Finished);
        Assert.Equal(RunSubStatus.Cancelled, record.SubStatus);
        await Eventually.TrueAsync(() => Task.FromResult(pids.TrueForAll(Python.IsGone)), () => $"of {string.Join(' ', pids)} some are still there");
        // Its place on the runner is free again, and nothing of it is left.
        await Eventually.TrueAsync(async () => (await _hub.Http.GetFromJsonAsync<JsonArray>("/api/runners"))![0]!["running"]!.GetValue<int>() == 0);
        await Eventually.TrueAsync(() => Task.FromResult(!Directory.Exists(Path.Combine(_hub.Data, "work", "steps", record.Steps.Single(step => step.ActivityId == "script").StepId))));
    }

    [Fact]
    public async Task Scripts_that_fill_every_place_leave_the_rest_of_the_server_at_work()
    {
        Python.Required();
        await _hub.ImportAsync(Some.Chain("full", Python.Step("script", "import time\ntime.sleep(600)")));
        var runs = new List<string>();
        for (var i = 0; i < 20; i++) runs.Add(await _hub.StartRunAsync("full"));
        await Eventually.TrueAsync(async () => (await _hub.RecordAsync(runs[0])).Steps.Any(step => step is { ActivityId: "script", Status: StepStatus.Running }));

        Assert.Equal(["before", "after"], (await _hub.RunAsync("other")).Lines);
        foreach (var run in runs) await _hub.Http.PostAsync($"/api/runs/{run}/cancel", null);

        foreach (var run in runs) Assert.Equal(RunSubStatus.Cancelled, (await _hub.UntilAsync(run, record => record.Status == RunStatus.Finished)).SubStatus);
        await Eventually.TrueAsync(async () => (await _hub.Http.GetFromJsonAsync<JsonArray>("/api/runners"))![0]!["running"]!.GetValue<int>() == 0);
    }

    private async Task<string> FaultAsync(string flow, string node)
    {
        var record = await _hub.RunAsync(flow);
        Assert.Equal((RunStatus.Finished, RunSubStatus.Faulted), (record.Status, record.SubStatus));
        Assert.Empty(record.Lines);
        Assert.Equal(StepStatus.Faulted, record.Steps.Single(step => step.ActivityId == node).Status);
        var incident = Assert.Single(record.Incidents);
        Assert.Equal(node, incident.ActivityId);
        return incident.Message;
    }

    private async Task<List<int>> PidsAsync(string run) =>
        [.. (await _hub.Http.GetFromJsonAsync<List<LogLine>>($"/api/runs/{run}/logs", ContractJson.Options))!
            .Select(line => line.Text.Split(' ')).Where(words => words is [not "still", _]).Select(words => int.Parse(words[1]))];
}
