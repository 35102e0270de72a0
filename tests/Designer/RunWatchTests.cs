using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Runs;
using Flows.Designer.Api;
using Flows.Designer.Runs;

namespace Flows.Tests.Designer;

public sealed class RunWatchTests
{
    [Fact]
    public void A_step_event_replaces_the_step_it_tells_of()
    {
        var watch = Watching();

        watch.Apply(Event("step", Step("1", StepStatus.Running)));
        watch.Apply(Event("step", Step("2", StepStatus.Queued)));
        watch.Apply(Event("step", Step("1", StepStatus.Completed)));

        Assert.Equal([StepStatus.Completed, StepStatus.Queued], watch.Steps.Select(step => step.Status));
    }

    [Fact]
    public void A_record_after_a_reconnect_takes_the_place_of_everything_before()
    {
        var watch = Watching();
        watch.Apply(Event("step", Step("1", StepStatus.Running)));

        watch.Apply(Event("record", Record() with { Steps = [Step("1", StepStatus.Completed)], Lines = ["one"] }));

        Assert.Equal(StepStatus.Completed, Assert.Single(watch.Steps).Status);
        Assert.Equal(["one"], watch.Lines);
    }

    [Fact]
    public void A_log_line_that_comes_twice_is_shown_once()
    {
        var watch = Watching();
        var line = new LogLine(7, DateTimeOffset.UnixEpoch, null, null, LogLevel.Info, "hello");

        watch.AddLogs([line]);
        watch.Apply(Event("log", line));

        Assert.Single(watch.Logs);
    }

    [Fact]
    public void The_log_is_bounded()
    {
        var watch = Watching();

        watch.AddLogs([.. Enumerable.Range(1, RunWatch.LogLimit + 500).Select(i => new LogLine(i, DateTimeOffset.UnixEpoch, null, null, LogLevel.Output, "x"))]);

        Assert.Equal(RunWatch.LogLimit, watch.Logs.Count);
        Assert.Equal(501, watch.Logs[0].Seq);
    }

    [Fact]
    public void The_end_is_known_from_the_record_and_from_the_event()
    {
        var watch = Watching();
        Assert.False(watch.HasEnded);

        watch.Apply(new StreamEvent("end", "{}"));
        Assert.True(watch.HasEnded);

        watch.Take(Record() with { Status = RunStatus.Running });
        Assert.False(watch.HasEnded);
    }

    private static RunWatch Watching()
    {
        var watch = new RunWatch();
        watch.Take(Record());
        return watch;
    }

    private static RunRecord Record() => new() { Id = "r", DefinitionId = "f" };

    private static StepRecord Step(string id, StepStatus status) => new() { StepId = id, ActivityId = "a" + id, ActivityType = "Test.Work", Status = status };

    private static StreamEvent Event<T>(string name, T data) => new(name, JsonSerializer.Serialize(data, ContractJson.Options));
}
