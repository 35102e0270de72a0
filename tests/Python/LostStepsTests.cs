using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Library.Python;
using Flows.Tests.Runners;
using Flows.Tests.Support;
using Scripts = Flows.Tests.Robustness.Python;

namespace Flows.Tests.Python;

/// <summary>What is killed under a step is not the step's fault, so many times; what a script does to itself is.</summary>
public sealed class LostStepsTests(SharedHub shared) : IClassFixture<SharedHub>, IDisposable
{
    private readonly string _begun = Path.GetTempFileName();

    [Theory]
    [InlineData(ScriptIsolation.Fork)]
    [InlineData(ScriptIsolation.Process)]
    public async Task A_step_whose_keeper_is_killed_twice_is_done_all_the_same_and_keeps_its_own_retries(ScriptIsolation isolation)
    {
        await using var hub = await TestHub.StartAsync();

        var (run, step) = await RunAsync(hub, Dies(times: 2, "os.kill(os.getppid(), 9); time.sleep(600)"), isolation, """{"retries":{"count":1}}""");

        Assert.Equal((RunSubStatus.Finished, StepStatus.Completed, 3), (run.SubStatus, step.Status, step.Attempt));
        Assert.Null(step.EarlierFaults);
        Assert.Equal(2, (await hub.Http.GetStringAsync($"/api/runs/{run.Id}/logs")).Split("The script was lost").Length - 1);
    }

    [Theory]
    [InlineData(ScriptIsolation.Fork)]
    [InlineData(ScriptIsolation.Process)]
    public async Task A_step_whose_keeper_is_killed_each_time_faults_after_three_and_says_why(ScriptIsolation isolation)
    {
        await using var hub = await TestHub.StartAsync();

        var (run, step) = await RunAsync(hub, Dies(times: 100, "os.kill(os.getppid(), 9); time.sleep(600)"), isolation);

        Assert.Equal((RunSubStatus.Faulted, StepStatus.Faulted), (run.SubStatus, step.Status));
        Assert.Contains("was lost 3 times with what carried it out", step.Fault);
        Assert.Equal(3, Begun());
    }

    [Theory]
    [InlineData("os.kill(os.getpid(), 9); time.sleep(600)", "ended by signal 9")]
    [InlineData("os.abort()", "ended by signal 6")]
    [InlineData("os._exit(3)", "exit code 3")]
    public async Task A_script_that_ends_itself_is_a_fault_and_follows_its_policy(string death, string expected)
    {
        var hub = shared.Hub;

        var (run, step) = await RunAsync(hub, Dies(times: 100, death), ScriptIsolation.Fork, """{"retries":{"count":1}}""");

        Assert.Equal((RunSubStatus.Faulted, 2, 2), (run.SubStatus, step.Attempt, Begun()));
        Assert.Contains(expected, step.Fault);
        Assert.Contains(expected, Assert.Single(step.EarlierFaults!).Message);
    }

    [Fact]
    public async Task A_step_that_loses_three_runners_faults_and_one_that_loses_two_does_not()
    {
        await using var site = await RunnerSite.StartAsync();
        await site.Hub.ImportAsync(Some.Chain("lost", RunnerSite.Probe("p", 600)));
        var run = await site.Hub.StartRunAsync("lost");
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var runner = await site.RunnerAsync("doomed");
            await site.Hub.UntilAsync(run, record => Step(record) is { Status: StepStatus.Running } step && step.Attempt == attempt);
            await runner.KillAsync();
        }

        await site.RunnerAsync("doomed");
        var record = await site.Hub.UntilAsync(run, record => record.Status == RunStatus.Finished);

        Assert.Contains("was lost 3 times", Step(record)!.Fault);
    }

    // Dies so many times, then comes to its end.
    private string Dies(int times, string death) => $"import os, time\nbegun = open('{_begun}', 'a+')\nbegun.seek(0)\nbefore = len(begun.read())\nbegun.write('x')\nbegun.close()\nif before < {times}: {death}";

    private int Begun() => (int)new FileInfo(_begun).Length;

    private static async Task<(RunRecord, StepRecord)> RunAsync(TestHub hub, string script, ScriptIsolation isolation, string? policy = null)
    {
        Scripts.Required();
        var step = Scripts.Step("p", script, ("isolation", FlowInput.Literal("String", isolation.ToString())));
        if (policy is not null) step["customProperties"] = new JsonObject { ["faultPolicy"] = JsonNode.Parse(policy) };
        await hub.ImportAsync(Some.Chain("dies", step));
        var run = await hub.RunAsync("dies");
        return (run, Step(run)!);
    }

    private static StepRecord? Step(RunRecord run) => run.Steps.SingleOrDefault(step => step.ActivityId == "p");

    public void Dispose() => File.Delete(_begun);
}
