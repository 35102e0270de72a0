using System.Text.Json.Nodes;
using Flows.Contract.Runs;
using Flows.Hub;
using Flows.Tests.Hardships;
using Flows.Tests.Support;

namespace Flows.Tests.Triggers;

/// <summary>Flows that start by the clock, by the real server.</summary>
public sealed class ClockTests(PostgresServer postgres)
{
    [Theory]
    [InlineData("fireOnce", StorageKind.Sqlite, 1)]
    [InlineData("fireAll", StorageKind.Sqlite, 3)]
    [InlineData("skip", StorageKind.Sqlite, 0)]
    [InlineData("fireAll", StorageKind.Postgres, 3)]
    public async Task What_was_due_while_no_server_ran_is_dealt_with_at_the_next_start(string misfire, StorageKind kind, int runs)
    {
        using var storage = await TestStorage.NewAsync(kind, postgres);
        var clock = new JumpingClock();
        // Ten minutes past: no hour passes while the test runs.
        clock.Jump(TimeSpan.FromMinutes(70 - clock.GetUtcNow().Minute));
        await using (var hub = await TestHub.StartAsync(storage.Folder, storage.Options, clock))
        {
            await hub.ImportAsync(TriggerCalls.Flow("hourly", TriggerCalls.Trigger("Flows.Schedule", ("cron", "0 * * * *"), ("misfire", misfire)), "getOutputFrom('on').scheduledAt"));
            Assert.InRange((await hub.TriggerAsync("hourly")).NextAt!.Value - clock.GetUtcNow(), TimeSpan.Zero, TimeSpan.FromHours(1));
        }
        clock.Jump(TimeSpan.FromHours(3));

        await using var next = await TestHub.StartAsync(storage.Folder, storage.Options, clock);

        await next.UntilTriggerAsync("hourly", trigger => trigger.NextAt > clock.GetUtcNow());
        var done = await next.UntilRunsAsync("hourly", runs);
        Assert.Equal(runs, done.Count);
        Assert.All(done, run => Assert.Equal(("schedule", RunSubStatus.Finished), (run.Trigger, run.SubStatus)));
        Assert.Equal(runs, done.SelectMany(run => run.Lines).Distinct().Count());
        if (runs > 0) Assert.True((await next.TriggerAsync("hourly")).LagSeconds > 60);
    }

    [Fact]
    public async Task A_clock_that_is_set_forward_while_the_server_runs_is_noticed()
    {
        var clock = new JumpingClock();
        await using var hub = await TestHub.StartAsync(clock: clock);
        await hub.ImportAsync(TriggerCalls.Flow("hourly", TriggerCalls.Trigger("Flows.Schedule", ("interval", "01:00:00"))));

        clock.Jump(TimeSpan.FromMinutes(61));

        Assert.Single(await hub.UntilRunsAsync("hourly", 1));
    }

    [Theory, InlineData("Flows.Schedule", "cron"), InlineData("Elsa.Cron", "cronExpression")]
    public async Task Every_second_is_one_run_and_none_is_late(string type, string field)
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(TriggerCalls.Flow("seconds", TriggerCalls.Trigger(type, (field, "* * * * * *")).With("""{"canStartWorkflow":true}""")));

        await hub.UntilRunsAsync("seconds", 3);

        var fires = await hub.FiresAsync("seconds");
        Assert.Equal(fires.Count, fires.Select(fire => fire.At).Distinct().Count());
        Assert.All(fires, fire => Assert.InRange(fire.FiredAt - fire.At, TimeSpan.Zero, TimeSpan.FromSeconds(3)));
        await hub.Http.PostAsync("/api/flows/seconds/unpublish", null);
        var trigger = await hub.TriggerAsync("seconds");
        Assert.Equal((false, null), (trigger.Enabled, trigger.NextAt));
    }

    [Fact]
    public async Task Two_servers_on_one_database_fire_each_time_once_also_when_one_goes()
    {
        using var storage = await TestStorage.NewAsync(StorageKind.Postgres, postgres);
        using var other = await TestStorage.NewAsync(StorageKind.Sqlite, postgres);
        await using var stays = await TestHub.StartAsync(storage.Folder, storage.Options);
        await using (var goes = await TestHub.StartAsync(other.Folder, storage.Options))
        {
            await goes.ImportAsync(TriggerCalls.Flow("seconds", TriggerCalls.Trigger("Flows.Schedule", ("cron", "* * * * * *"), ("misfire", "fireAll")), "getOutputFrom('on').scheduledAt"));
            await goes.UntilRunsAsync("seconds", 3);
        }
        var soFar = (await stays.RunsAsync("seconds")).Count;
        await stays.UntilRunsAsync("seconds", soFar + 2);
        await stays.Http.PostAsync("/api/flows/seconds/unpublish", null);

        var runs = await stays.UntilRunsAsync("seconds", soFar + 2);
        var times = runs.ConvertAll(run => DateTimeOffset.Parse(Assert.Single(run.Lines)));
        Assert.Equal(times.Count, times.Distinct().Count());
        Assert.Equal(times.Count, (times.Max() - times.Min()).TotalSeconds + 1);
    }

    [Fact]
    public async Task A_schedule_that_cannot_be_read_is_not_published()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.Http.PutAsync("/api/flows/odd", new StringContent(TriggerCalls.Flow("odd", TriggerCalls.Trigger("Flows.Schedule", ("cron", "often"), ("timeZone", "Nowhere/Else"))), System.Text.Encoding.UTF8, "application/json"));

        var answer = await hub.Http.PostAsync("/api/flows/odd/publish", null);

        Assert.Equal(422, (int)answer.StatusCode);
        var problems = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["problems"]!.AsArray();
        Assert.Equal(["cron", "timeZone"], problems.Select(problem => (string)problem!["field"]!).Order());
        Assert.All(problems, problem => Assert.Equal("on", (string)problem!["activityId"]!));
    }
}
