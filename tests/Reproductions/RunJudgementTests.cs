using System.Text.Json.Nodes;
using Flows.Contract.Artifacts;
using Flows.Contract.Provenance;
using Flows.Contract.Runs;

namespace Flows.Tests.Reproductions;

/// <summary>Where two runs are not the same, and from what.</summary>
public sealed class RunJudgementTests
{
    private readonly StepFacts _facts = new() { Seed = 1, Program = "flows 1", Code = new StepCode(new Artifact("c1", "Folder", "code", 1), "a.py"), Files = [new UsedFile("rows.csv", "f1", 1)] };

    [Fact]
    public void Equal_runs_are_bit_identical()
    {
        var verdict = Compare(Run("a", Step("load"), Step("train")), Run("b", Step("load"), Step("train")));

        Assert.Equal((Verdict.BitIdentical, "Bit-identical: every output of every step has the same bytes."), (verdict.Verdict, verdict.Text));
        Assert.Null(verdict.First);
    }

    [Theory]
    [InlineData("input", "the file 'rows.csv' was f1 and is f2.")]
    [InlineData("code", "its script was c1 and is c2.")]
    [InlineData("environment", "its packages are not the same: old==1 → gone, tiny==1 → tiny==2, new==1 is new.")]
    [InlineData("seed", "its seed was 1 and is 2.")]
    public void The_first_step_that_differs_is_named_with_the_cause(string where, string text)
    {
        var changed = where switch
        {
            "input" => _facts with { Files = [new UsedFile("rows.csv", "f2", 1)] },
            "code" => _facts with { Code = new StepCode(new Artifact("c2", "Folder", "code", 1), "a.py") },
            "seed" => _facts with { Seed = 2 },
            _ => _facts,
        };
        var train = Step("train", output: "x2", facts: changed, environment: where == "environment" ? "e2" : "e1");

        var verdict = Compare(Run("a", Step("load"), Step("train"), Step("judge", input: "x1")), Run("b", Step("load"), train, Step("judge", input: "x2", output: "y2")));

        Assert.Equal((Verdict.Diverged, "train", where, text), (verdict.Verdict, verdict.First!.ActivityId, verdict.First.Where, verdict.First.Text));
        Assert.Equal(["train", "judge"], verdict.Differences.Select(difference => difference.ActivityId));
        Assert.Equal("input", verdict.Differences[1].Where);
    }

    [Fact]
    public void Other_bytes_from_the_same_is_an_output_that_differs() => Assert.Equal("output",
        Compare(Run("a", Step("train")), Run("b", Step("train", output: "x2"))).First!.Where);

    [Fact]
    public void What_changed_and_made_no_difference_is_said_beside_a_verdict_that_it_does_not_change()
    {
        var verdict = Compare(Run("a", Step("train")), Run("b", Step("train", facts: _facts with { Seed = 2 })));

        Assert.Equal((Verdict.BitIdentical, "seed"), (verdict.Verdict, Assert.Single(verdict.Altered).Where));
        Assert.Equal("Bit-identical, although not everything was the same: its seed was 1 and is 2.", verdict.Text);
    }

    [Theory]
    [InlineData(0.9, Verdict.MetricEqual)]
    [InlineData(0.90000001, Verdict.MetricEqual)]
    [InlineData(0.91, Verdict.Diverged)]
    [InlineData(double.NaN, Verdict.Diverged)]
    public void Other_bytes_with_the_same_metrics_are_metric_equal(double accuracy, Verdict expected)
    {
        var verdict = Compare(Run("a", Step("train", metric: 0.9)), Run("b", Step("train", output: "x2", metric: accuracy)));

        Assert.Equal((expected, "train"), (verdict.Verdict, verdict.First!.ActivityId));
    }

    [Fact]
    public void Without_any_metric_nothing_is_metric_equal() => Assert.Equal(Verdict.Diverged, Compare(Run("a", Step("train")), Run("b", Step("train", output: "x2"))).Verdict);

    [Fact]
    public void A_step_that_is_not_reached_faults_or_is_new_is_a_difference()
    {
        var verdict = Compare(Run("a", Step("one"), Step("two"), Step("three")), Run("b", Step("one", fault: "no memory"), Step("two"), Step("four")));

        Assert.Equal([("one", "fault"), ("three", "missing"), ("four", "extra")], verdict.Differences.Select(difference => (difference.ActivityId, difference.Where)));
        Assert.Equal("Diverged at 'one': it faults: no memory", verdict.Text);
    }

    [Fact]
    public void Passes_of_a_loop_are_compared_with_the_same_pass_in_whatever_order_they_ended()
    {
        var earlier = Run("a", Step("body", output: "1"), Step("body", output: "2"));

        Assert.Equal(Verdict.BitIdentical, Compare(earlier, Run("b", Step("body", output: "1"), Step("body", output: "2"))).Verdict);
        Assert.Equal("a.2", Compare(earlier, Run("b", Step("body", output: "1"), Step("body", output: "3"))).First!.StepId);
    }

    private static RunVerdict Compare(JudgedRun before, JudgedRun again) => new RunJudgement(before, again, 1e-6)
    {
        Packages = new Dictionary<string, IReadOnlyList<string>> { ["e1"] = ["old==1", "same==1", "tiny==1"], ["e2"] = ["new==1", "same==1", "tiny==2"] },
    }.Verdict();

    private sealed record Made(string Activity, string Input, string Output, double? Metric, string? Fault, StepFacts Facts, string Environment);

    private Made Step(string activity, string input = "i1", string output = "x1", double? metric = null, string? fault = null, StepFacts? facts = null, string environment = "e1") =>
        new(activity, input, output, metric, fault, facts ?? _facts, environment);

    private static JudgedRun Run(string id, params Made[] steps)
    {
        var root = new StepRecord { StepId = $"{id}.0", ActivityId = "Workflow1", ActivityType = "Elsa.Workflow", Status = StepStatus.Completed };
        var records = steps.Select((step, i) => new StepRecord
        {
            StepId = $"{id}.{i + 1}", ActivityId = step.Activity, ActivityType = "T", ParentStepId = root.StepId, Status = step.Fault is null ? StepStatus.Completed : StepStatus.Faulted,
            Fault = step.Fault, Metrics = step.Metric is { } metric ? new Dictionary<string, double> { ["accuracy"] = metric } : null, Outputs = new JsonObject { ["model"] = step.Output },
        }).ToList();
        var attempts = steps.Select((step, i) => new AttemptRecord(id, records[i].StepId, 1, step.Activity, "T")
        {
            Inputs = [new PortArtifact("rows", step.Input, "Table", "rows", 1)], Outputs = [new PortArtifact("model", step.Output, "Model", "model", 1)],
            InputsDigest = step.Input, OutputsDigest = step.Output, Facts = step.Facts, Environment = new StepEnvironment("python", step.Environment, "3.11"),
        });
        return JudgedRun.Of(new RunRecord { Id = id, DefinitionId = "f", Steps = [root, .. records] }, attempts);
    }
}
