using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Provenance;
using Flows.Contract.Runs;
using Flows.Designer.Api;
using Flows.Designer.Runs;

namespace Flows.Tests.Designer;

/// <summary>The page reads steps by hand: it has to read what everyone else reads.</summary>
public sealed class StepReadingTests
{
    [Fact]
    public void A_step_is_read_as_everywhere_else_whatever_it_has()
    {
        var step = Full();

        Assert.DoesNotContain(typeof(StepRecord).GetProperties(), property => property.GetValue(step) is null or false or 0);
        Assert.Equal(Written(step), Written(Read(step)));
    }

    [Fact]
    public void What_a_step_leaves_out_is_not_that_of_the_step_before()
    {
        var bare = new StepRecord { StepId = "2", ActivityId = "b", ActivityType = "B" };

        var watch = Taken(Full(), bare, Full() with { StepId = "3" });

        Assert.Equal([Written(Full()), Written(bare), Written(Full() with { StepId = "3" })], watch.Steps.Select(Written));
    }

    [Fact]
    public void Steps_that_differ_a_little_are_not_taken_for_each_other()
    {
        var steps = new[] { Full(), Full() with { StepId = "2", Status = StepStatus.Faulted, FinishedAt = At(9), Outcomes = [] }, Full() with { StepId = "3", Outcomes = ["Done", "Else", "Done"] } };

        Assert.Equal(steps.Select(Written), Taken(steps).Steps.Select(Written));
    }

    [Fact]
    public void What_a_newer_server_says_of_a_step_is_passed_over_and_what_it_must_say_is_missed()
    {
        Assert.Equal("a", Event("""{"stepId":"1","newer":{"stepId":["x"]},"activityId":"a","queuedAt":null,"activityType":"A"}""").Steps[0].ActivityId);
        Assert.Contains("without an id", Assert.Throws<JsonException>(() => Event("""{"activityId":"a","activityType":"A"}""")).Message);
    }

    private static RunWatch Event(string step)
    {
        var watch = new RunWatch();
        watch.Apply(new StreamEvent("step", step));
        return watch;
    }

    private static RunWatch Taken(params StepRecord[] steps)
    {
        var watch = new RunWatch();
        watch.Apply(new StreamEvent("record", JsonSerializer.Serialize(new RunRecord { Id = "r", DefinitionId = "f", Steps = steps }, ContractJson.Options)));
        return watch;
    }

    private static StepRecord Read(StepRecord step) => Event(Written(step)).Steps[0];

    private static string Written(StepRecord step) => JsonSerializer.Serialize(step, ContractJson.Options);

    private static DateTimeOffset At(int second) => DateTimeOffset.UnixEpoch.AddSeconds(second);

    private static StepRecord Full() => new()
    {
        StepId = "1", ActivityId = "ä\"", ActivityType = "A", ParentStepId = "0", Status = StepStatus.Running, Attempt = 3,
        QueuedAt = At(1), StartedAt = At(1), FinishedAt = At(2), Runner = "r", Queue = "q", Cached = true, CachedFrom = "run", Pinned = true, Halt = Enum.GetValues<Halt>()[^1],
        Inputs = new JsonObject { ["deep"] = new JsonObject { ["status"] = "x" } }, Outputs = new JsonObject { ["y"] = 2 }, Outcomes = ["Done"],
        Metrics = new Dictionary<string, double> { ["m"] = double.NaN }, Environment = new StepEnvironment("python", "d", "1"),
        Used = new ResourceUse(1, 2), Facts = new StepFacts(), Fault = "f", ChildRuns = ["c"], EarlierFaults = [new StepFault(1, "e") { At = At(3) }], Progress = .5, ProgressText = "half",
    };
}
