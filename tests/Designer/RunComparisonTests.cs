using System.Text.Json.Nodes;
using Flows.Contract.Artifacts;
using Flows.Contract.Runs;
using Flows.Contract.Tracking;
using Flows.Designer.Runs.Comparing;

namespace Flows.Tests.Designer;

public sealed class RunComparisonTests
{
    private static readonly DateTimeOffset Begin = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Inputs_that_only_one_run_has_are_told_beside_those_of_both()
    {
        var comparison = Compare(
            Run() with { Inputs = new JsonObject { ["rate"] = 0.1, ["seed"] = 1, ["old"] = "x" } },
            Run() with { Inputs = new JsonObject { ["rate"] = 0.3, ["seed"] = 1, ["new"] = "y" } });

        Assert.Equal([("rate", true), ("seed", false), ("old", true), ("new", true)], comparison.Inputs.Select(pair => (pair.Name, pair.Differs)));
        Assert.Null(comparison.Inputs[2].Other);
        Assert.Null(comparison.Inputs[3].One);
    }

    [Fact]
    public void Artifacts_are_the_same_when_their_bytes_are()
    {
        var (one, renamed, other) = (Table('a', "one"), Table('a', "two"), Table('b', "one"));

        Assert.False(new ValuePair("rows", one, renamed).Differs);
        Assert.True(new ValuePair("rows", one, other).Differs);
    }

    [Fact]
    public void A_metric_says_how_much_it_moved()
    {
        var comparison = Compare(
            Run(Step("train", 0, 1) with { Metrics = new Dictionary<string, double> { ["accuracy"] = 0.8, ["loss"] = 0 } }),
            Run(Step("train", 0, 1) with { Metrics = new Dictionary<string, double> { ["accuracy"] = 0.9, ["loss"] = 2, ["f1"] = 1 } }));

        var (accuracy, loss, f1) = (comparison.Metrics[0], comparison.Metrics[1], comparison.Metrics[2]);
        Assert.Equal((0.1, 0.125), (Math.Round(accuracy.Difference!.Value, 6), Math.Round(accuracy.Share!.Value, 6)));
        Assert.Equal((2d, null), (loss.Difference, loss.Share));
        Assert.Equal((null, true), (f1.Difference, f1.Differs));
    }

    [Fact]
    public void A_loops_steps_are_summed_and_the_fault_of_one_of_them_stays()
    {
        var passes = Enumerable.Range(0, 5).Select(i => Step("body", i, i + 2) with { StepId = $"b{i}", Status = i == 2 ? StepStatus.Faulted : StepStatus.Completed });

        var pair = Assert.Single(Compare(Run([.. passes]), Run(Step("body", 0, 4))).Steps);

        Assert.Equal((5, TimeSpan.FromSeconds(10), StepStatus.Faulted), (pair.One!.Times, pair.One.Ran, pair.One.Status));
        Assert.Equal((TimeSpan.FromSeconds(-6), true), (pair.Difference, pair.HasOtherEnd));
    }

    [Fact]
    public void What_a_step_was_given_is_told_where_it_is_not_the_same()
    {
        var comparison = Compare(
            Run(Step("train", 0, 1) with { Inputs = new JsonObject { ["rate"] = 0.1, ["seed"] = 1 } }),
            Run(Step("train", 0, 1) with { Inputs = new JsonObject { ["rate"] = 0.2, ["seed"] = 1 } }));

        Assert.Equal(("train", "rate"), Assert.Single(comparison.Settings.Select(setting => (setting.ActivityId, setting.Name))));
    }

    [Fact]
    public void A_third_run_takes_the_place_of_the_first_and_the_older_one_comes_first()
    {
        var choice = new RunChoice();
        choice.Toggle("20260102-a");
        Assert.Null(choice.Address);
        choice.Toggle("20260103-b");
        choice.Toggle("20260101-c");

        Assert.False(choice.Has("20260102-a"));
        Assert.Equal("runs/compare?a=20260101-c&b=20260103-b", choice.Address);
    }

    [Fact]
    public void What_a_program_tracked_counts_by_its_activity_and_that_of_the_run_itself_by_none()
    {
        ComparedRun Tracked(string depth, double score) => new(Run(Step("train", 0, 1)),
            new RunTracking([new("train", "depth", depth, 0), new("", "seed", "1", 0)], [], []), [new("", "score", 3, new MetricPoint(3, 0, score))]);

        var comparison = new RunComparison(Tracked("3", 0.5), Tracked("5", 0.75));

        Assert.Equal([("train", "depth", true), (null, "seed", false)], comparison.Parameters.Select(pair => (pair.ActivityId, pair.Name, pair.Differs)));
        Assert.Equal(("", "score", 0.25), Assert.Single(comparison.Metrics.Select(pair => (pair.ActivityId, pair.Name, pair.Difference!.Value))));
    }

    private static RunComparison Compare(RunRecord one, RunRecord other) => new(ComparedRun.Of(one), ComparedRun.Of(other));

    private static JsonNode Table(char digit, string name) => new Artifact(new string(digit, 64), "Table", name, 1).ToJson();

    private static RunRecord Run(params StepRecord[] steps) => new() { Id = "r", DefinitionId = "f", Steps = steps };

    private static StepRecord Step(string activity, double started, double finished) => new()
    {
        StepId = activity,
        ActivityId = activity,
        ActivityType = "Test.Work",
        ParentStepId = "chart",
        Status = StepStatus.Completed,
        StartedAt = Begin.AddSeconds(started),
        FinishedAt = Begin.AddSeconds(finished),
    };
}
