using System.Text.Json.Nodes;
using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Runs;

/// <summary>Policies where they meet the clock, processes and a dead server.</summary>
public sealed class FaultTests(SharedHub shared) : IClassFixture<SharedHub>
{
    [Fact]
    public async Task A_script_that_fails_at_first_is_tried_again_after_its_delay()
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("flaky", Flaky("p", Path.Combine(hub.Data, "marker"), """{"retries":{"count":2,"delaySeconds":0.2}}"""), Some.Line("b", "after")));

        var run = await hub.RunAsync("flaky");

        var step = run.Steps.Single(step => step.ActivityId == "p");
        Assert.Equal((RunSubStatus.Finished, 2), (run.SubStatus, step.Attempt));
        Assert.True(step.StartedAt >= step.EarlierFaults!.Single().At.AddSeconds(0.2), "it was tried again too early");
        Assert.Equal(["after"], run.Lines);
    }

    [Fact]
    public async Task A_script_that_takes_too_long_is_ended_and_has_timed_out()
    {
        var hub = shared.Hub;
        var pid = Path.Combine(hub.Data, "pid");
        await hub.ImportAsync(Some.Chain("slow", With(Python("p", $"import os, time\nopen({Quoted(pid)}, 'w').write(str(os.getpid()))\nwhile True: time.sleep(0.1)\n"), """{"timeoutSeconds":3}""")));

        var run = await hub.RunAsync("slow");

        Assert.Equal((RunSubStatus.Faulted, "timed out after 3 s"), (run.SubStatus, run.Incidents.Single().Message));
        await Eventually.TrueAsync(() => Task.FromResult(!File.Exists(pid) || !IsAlive(File.ReadAllText(pid))), () => "the script lives on");
    }

    [Fact]
    public async Task A_step_that_may_fault_lets_the_run_finish_with_its_incident()
    {
        var hub = shared.Hub;
        await hub.ImportAsync(Some.Chain("going", With(Some.Activity("f", "Elsa.Fault", ("message", Some.Text("boom"))), """{"continueOnError":true}"""), Some.Line("b", "after")));

        var run = await hub.RunAsync("going");

        Assert.Equal((RunSubStatus.Finished, "boom"), (run.SubStatus, run.Incidents.Single().Message));
        Assert.Equal(["after"], run.Lines);
    }

    [Fact]
    public async Task A_delayed_retry_survives_the_death_of_the_server()
    {
        var data = Directory.CreateTempSubdirectory("flows-retry-").FullName;
        string run;
        RunRecord before;
        await using (var killed = await HubProcess.StartAsync(data))
        {
            await killed.Http.ImportFlowAsync(Some.Chain("flaky", Flaky("p", Path.Combine(data, "marker"), """{"retries":{"count":1,"delaySeconds":4,"jitter":0.5}}"""), Some.Line("b", "after")));
            run = await killed.Http.StartRunAsync("flaky");
            before = await killed.Http.UntilRunAsync(run, record => record.SubStatus == RunSubStatus.Suspended);
            await killed.KillAsync();
        }

        await using (var next = await HubProcess.StartAsync(data))
        {
            var record = await next.Http.UntilRunAsync(run, record => record.Status == RunStatus.Finished);

            var step = record.Steps.Single(step => step.ActivityId == "p");
            Assert.Equal((RunSubStatus.Finished, 2), (record.SubStatus, step.Attempt));
            Assert.True(step.StartedAt >= before.Bookmarks.Single().DueAt, "it was tried again too early");
        }
        Directory.Delete(data, recursive: true);
    }

    // Fails as long as there is no marker, and makes one.
    private static JsonObject Flaky(string id, string marker, string policy) =>
        With(Python(id, $"import os, sys\nif not os.path.exists({Quoted(marker)}):\n    open({Quoted(marker)}, 'w').close()\n    sys.exit(3)\n"), policy);

    private static JsonObject With(JsonObject activity, string policy)
    {
        activity["customProperties"] = new JsonObject { ["faultPolicy"] = JsonNode.Parse(policy) };
        return activity;
    }

    private static JsonObject Python(string id, string script) => Some.Activity(id, "Flows.PythonScript", ("script", Some.Text(script)));

    private static string Quoted(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    private static bool IsAlive(string pid) =>
        File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
}
