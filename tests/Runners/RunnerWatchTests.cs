using Flows.Hub.Runners;
using Flows.Hub.Storage;
using Flows.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Flows.Tests.Runners;

/// <summary>When a runner is taken for dead.</summary>
public sealed class RunnerWatchTests
{
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_runner_that_says_nothing_is_taken_for_dead_after_ten_seconds()
    {
        await using var hub = await TestHub.StartAsync();
        var watch = await WatchAsync(hub);

        await LookAsync(watch, turns: 10);
        Assert.Equal(RunnerStatus.Online, await StatusAsync(hub));

        await LookAsync(watch, turns: 1);
        Assert.Equal(RunnerStatus.Gone, await StatusAsync(hub));
    }

    [Fact]
    public async Task While_nobody_could_look_nobody_was_silent()
    {
        await using var hub = await TestHub.StartAsync();
        var watch = await WatchAsync(hub);
        await LookAsync(watch, turns: 5);

        // The database is away for a minute: no sign of life could be written, and none read.
        _time.Advance(TimeSpan.FromMinutes(1));
        await LookAsync(watch, turns: 10);

        Assert.Equal(RunnerStatus.Online, await StatusAsync(hub));
    }

    [Theory]
    [InlineData(false, JobState.Placed, 1)]
    [InlineData(true, JobState.Waiting, 2)]
    public async Task One_that_came_back_before_its_jobs_were_taken_away_keeps_them(bool isGone, JobState state, int attempt)
    {
        await using var hub = await TestHub.StartAsync();
        await WatchAsync(hub);
        var store = await HeldAsync(hub, isGone ? RunnerStatus.Gone : RunnerStatus.Online);

        await store.ReclaimAsync("far", but: null, of: "1");

        var job = (await store.FindAsync("r/1"))!;
        Assert.Equal((state, attempt), (job.State, job.Attempt));
    }

    [Fact]
    public async Task One_that_was_taken_for_dead_gets_its_jobs_back_with_its_sign_of_life()
    {
        await using var hub = await TestHub.StartAsync();
        await WatchAsync(hub);
        var store = await HeldAsync(hub, RunnerStatus.Gone);
        await store.ReclaimAsync("far", but: null, of: "1");

        var answer = await hub.Services.GetRequiredService<RunnerRounds>().AnswerAtOnceAsync("far", new Heartbeat("1", ["r/1/1"], Drains: false, HasQueue: true));

        var job = (await store.FindAsync("r/1"))!;
        Assert.Equal((JobState.Placed, 1, "far", RunnerStatus.Online), (job.State, job.Attempt, job.Runner, await StatusAsync(hub)));
        Assert.Empty(answer!.Stop);
    }

    // A job that "far" has.
    private static async Task<JobStore> HeldAsync(TestHub hub, RunnerStatus status)
    {
        var store = hub.Services.GetRequiredService<JobStore>();
        await store.AddAll([new JobWrite.Add(new StepJobRow { Id = "r/1", RunId = "r", Step = 1, Attempt = 1, DefinitionId = "f", ActivityId = "a", Labels = "far" }, null)])[0];
        await store.ClaimAsync("r/1", "far", "1", DateTimeOffset.UnixEpoch);
        await using var db = hub.Services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContext();
        await db.Set<RunnerRow>().Where(row => row.Name == "far").ExecuteUpdateAsync(set => set.SetProperty(row => row.Status, status));
        return store;
    }

    private async Task<RunnerWatch> WatchAsync(TestHub hub)
    {
        await hub.Services.GetRequiredService<RunnerRegistry>().RegisterAsync(new RunnerRow { Name = "far", Session = "1", Capacity = 1 });
        var watch = new RunnerWatch(hub.Services.GetRequiredService<RunnerRegistry>(), hub.Services.GetRequiredService<JobStore>(), hub.Services.GetRequiredService<Burial>(), _time);
        await watch.LookAsync(default);
        return watch;
    }

    private async Task LookAsync(RunnerWatch watch, int turns)
    {
        for (var turn = 0; turn < turns; turn++)
        {
            _time.Advance(Turn);
            await watch.LookAsync(default);
        }
    }

    private static async Task<RunnerStatus> StatusAsync(TestHub hub) =>
        (await hub.Services.GetRequiredService<RunnerRegistry>().ListAsync(default)).Single(runner => runner.Name == "far").Status;
}
