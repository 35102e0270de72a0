using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Runs;
using Flows.Hub;
using Flows.Hub.Runs;
using Flows.Tests.Runners;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Hardships;

/// <summary>Somebody sets the clock of an orchestrator's machine.</summary>
public sealed class ClockJumpTests(PostgresServer postgres)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_wait_ends_once_the_wall_clock_has_its_due_time_whichever_way_it_was_set()
    {
        var clock = new JumpingClock();
        await using var hub = await TestHub.StartAsync(clock: clock);
        await hub.ImportAsync(Some.Chain("long", Some.Delay("d", 3600), Some.Line("z", "after")));
        await hub.ImportAsync(Some.Chain("short", Some.Delay("d", 1), Some.Line("z", "after")));

        var forward = await SuspendedAsync(hub, "long");
        clock.Jump(2 * Hour);
        Assert.Equal(["after"], (await hub.UntilAsync(forward, record => record.Status == RunStatus.Finished)).Lines);

        var back = await SuspendedAsync(hub, "short");
        clock.Jump(-3 * Hour);
        // One that begins now takes as long as it says; the one before it waits for a time that is hours away again.
        Assert.Equal(RunSubStatus.Finished, (await hub.RunAsync("short")).SubStatus);
        Assert.Equal(RunSubStatus.Suspended, (await hub.RecordAsync(back)).SubStatus);
        clock.Jump(3 * Hour);
        Assert.Equal(["after"], (await hub.UntilAsync(back, record => record.Status == RunStatus.Finished)).Lines);
    }

    [Theory, InlineData(2), InlineData(-2)]
    public async Task Time_limits_of_steps_run_by_the_steady_clock(int hours)
    {
        var clock = new JumpingClock();
        await using var hub = await TestHub.StartAsync(clock: clock);
        await hub.ImportAsync(Some.Chain("late", RunnerSite.Probe("p", 600, Limit(1))));
        await hub.ImportAsync(Some.Chain("punctual", RunnerSite.Probe("p", 2, Limit(60)), Some.Line("z", "after")));
        var (late, punctual) = (await hub.StartRunAsync("late"), await hub.StartRunAsync("punctual"));
        foreach (var run in new[] { late, punctual }) await hub.UntilAsync(run, record => record.Steps.Any(step => step is { ActivityId: "p", Status: StepStatus.Running or StepStatus.Faulted }));

        clock.Jump(hours * Hour);

        Assert.Contains("timed out after 1 s", (await hub.UntilAsync(late, record => record.Status == RunStatus.Finished)).Incidents.Single().Message);
        Assert.Equal(["after"], (await hub.UntilAsync(punctual, record => record.Status == RunStatus.Finished)).Lines);
    }

    [Theory, InlineData(2), InlineData(-2)]
    public async Task An_orchestrator_whose_clock_jumps_keeps_its_runs_and_takes_nobody_elses(int hours)
    {
        var clock = new JumpingClock();
        var options = new HubOptions { Storage = await postgres.NewDatabaseAsync() };
        await using var jumps = await TestHub.StartAsync(options: options, clock: clock);
        await using var other = await TestHub.StartAsync(options: options);
        await jumps.ImportAsync(Some.Chain("waits", Some.Activity("e", "Elsa.Event", ("eventName", Some.Text("go"))), Some.Delay("d", 0.2), Some.Line("z", "after")));
        TestHub[] hubs = [jumps, other];
        string[] runs = [await SuspendedAsync(jumps, "waits"), await SuspendedAsync(other, "waits")];
        var began = TimeProvider.System.GetTimestamp();

        clock.Jump(hours * Hour);
        // Longer than the time after which an orchestrator is taken for dead.
        await Eventually.TrueAsync(() => TimeProvider.System.GetElapsedTime(began) > 1.5 * options.Orchestrators.DeadAfter, "time passes");

        for (var i = 0; i < 2; i++) Assert.NotNull(hubs[i].Services.GetRequiredService<RunHost>().Find(runs[i]));
        Assert.Equal(2, (await other.Http.GetFromJsonAsync<JsonArray>("/api/orchestrators"))!.Count(one => (string?)one!["status"] == "online"));
        await other.Http.PostAsJsonAsync("/api/events/go", new { });
        foreach (var run in runs) Assert.Equal(["after"], (await other.UntilAsync(run, record => record.Status == RunStatus.Finished)).Lines);
    }

    private static async Task<string> SuspendedAsync(TestHub hub, string flow)
    {
        var run = await hub.StartRunAsync(flow);
        await hub.UntilAsync(run, record => record.SubStatus == RunSubStatus.Suspended);
        return run;
    }

    private static JsonObject Limit(int seconds) => new() { ["faultPolicy"] = new JsonObject { ["timeoutSeconds"] = seconds } };
}
