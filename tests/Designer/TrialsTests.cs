using Flows.Contract.Tracking;
using Flows.Designer.Runs;

namespace Flows.Tests.Designer;

public sealed class TrialsTests
{
    [Fact]
    public void What_several_steps_measure_is_one_picture_to_one_scale_in_the_order_they_began()
    {
        var trials = Assert.Single(Trials.Of([Series("b", "loss", at: 1, 0, 1), Series("a", "loss", at: 2, 1, 2), Series("a", "only", at: 0, 1, 2)], [], One));

        Assert.Equal(("loss", 2), (trials.Name, trials.Count));
        Assert.Equal(["b", "a"], [trials[0].StepId, trials[1].StepId]);
        Assert.Equal([["3,69 237,36"], ["3,36 237,3"]], trials.Drawing.Curves);
        Assert.Equal("loss of 2 trials, last from 1 to 2", trials.Spoken);
    }

    [Fact]
    public void A_trial_is_called_by_its_parameters_else_by_its_number()
    {
        var trials = Assert.Single(Trials.Of([Series("a", "loss", at: 1, 0, 1), Series("b", "loss", at: 2, 1, 2)],
            [new TrackedText("b", "rate", "0.1", 0), new TrackedText("b", "depth", "3", 0), new TrackedText("c", "rate", "9", 0)], One));

        Assert.Equal(("Trial 1", "rate 0.1, depth 3"), (trials.Title(0), trials.Title(1)));
    }

    [Fact]
    public void A_trial_without_a_number_has_no_line_and_the_others_keep_theirs()
    {
        var trials = Assert.Single(Trials.Of([Series("a", "loss", at: 1, double.NaN, double.NaN), Series("b", "loss", at: 2, 1, 2)], [], One));

        Assert.Equal([[], ["3,69 237,3"]], trials.Drawing.Curves);
    }

    [Fact]
    public void Steps_of_several_activities_are_called_by_them()
    {
        var steps = Assert.Single(Trials.Of([Series("a", "loss", at: 1, 0, 1), Series("b", "loss", at: 2, 1, 2)], [], step => step == "a" ? "Train small" : "Train large"));

        Assert.Equal(("2 steps", "Train small", "Train large"), (steps.Things, steps.Title(0), steps.Title(1)));
    }

    private static string One(string step) => "Train";

    private static MetricSeries Series(string step, string name, long at, params double[] values) =>
        new(step, name, values.Length, new MetricPoint(values.Length - 1, at, values[^1])) { Points = [.. values.Select((value, place) => new MetricPoint(place, at + place, value))] };
}
