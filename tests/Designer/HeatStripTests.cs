using Bunit;
using Flows.Contract.Runs;
using Flows.Designer.Runs;
using Flows.Designer.Runs.Heat;
using Microsoft.AspNetCore.Components.Web;

namespace Flows.Tests.Designer;

public sealed class HeatStripTests : BunitContext
{
    private static readonly DateTimeOffset Begin = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Passes_are_found_and_what_lies_inside_them_is_not_repeated()
    {
        var strip = Assert.Single(HeatStrips.Of(Loop(40)));

        Assert.Equal(("body", "loop", 40), (strip.ActivityId, strip.OwnerId, strip.Passes.Count));
    }

    [Fact]
    public void A_chart_that_a_wire_leads_back_in_repeats_by_itself()
    {
        StepRecord[] steps = [Step("c", "chart", null, 9) with { ActivityType = "Elsa.Flowchart" }, Step("1", "ask", "c", 1), Step("2", "ask", "c", 1), Step("3", "end", "c", 1)];

        Assert.Equal(("ask", null), Assert.Single(HeatStrips.Of(steps).Select(strip => (strip.ActivityId, strip.OwnerId))));
    }

    [Fact]
    public void Slow_passes_are_darker_and_what_did_not_complete_has_its_own_letter()
    {
        var passes = new[] { 0.01, 0.1, 1, 10, 100 }.Select((seconds, i) => Step($"{i}", "body", "loop", seconds)).ToList();
        passes.Add(Step("f", "body", "loop", 1) with { Status = StepStatus.Faulted });
        passes.Add(Step("r", "body", "loop", 1) with { Status = StepStatus.Running, FinishedAt = null });
        passes.Add(Step("k", "body", "loop", 1) with { Cached = true });

        var strip = new HeatStrip("body", "loop", passes);

        Assert.Equal("12345FRK", strip.States());
        Assert.Equal((1, 1, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(100)), (strip.Failed, strip.Running, strip.Median!.Value, strip.Longest!.Value));
    }

    [Fact]
    public void Passes_that_took_the_same_are_not_told_apart_by_noise() =>
        Assert.Equal("222", new HeatStrip("body", null, [Step("1", "body", "c", 1), Step("2", "body", "c", 1.1), Step("3", "body", "c", 0.95)]).States());

    [Fact]
    public void Everything_inside_a_pass_belongs_to_it() => Assert.Equal(["b7", "w7"], HeatStrips.Within(Loop(40), "b7").Order(StringComparer.Ordinal));

    [Fact]
    public void A_click_on_a_square_and_the_arrow_keys_choose_its_pass()
    {
        var watch = new RunWatch();
        watch.Take(new RunRecord { Id = "r", DefinitionId = "f", Steps = Loop(40) });
        var chosen = new List<string>();
        var list = Render<HeatStripList>(parameters => parameters.Add(list => list.Watch, watch).Add(list => list.ChosenChanged, step => chosen.Add(step.StepId)));

        list.Find("[data-part=heat-cells]").Click(new MouseEventArgs { OffsetX = 3 * 18 + 2, OffsetY = 4 });
        list.Render(parameters => parameters.Add(list => list.Chosen, watch.Steps.First(step => step.StepId == "b3")));
        list.Find("[data-part=heat-cells]").KeyDown("ArrowRight");

        Assert.Equal(["b3", "b4"], chosen);
        Assert.Contains("40 passes", list.Find("summary").TextContent);
    }

    // A loop whose body is a chart with one activity in it.
    private static List<StepRecord> Loop(int passes)
    {
        List<StepRecord> steps = [Step("c", "chart", null, 9) with { ActivityType = "Elsa.Flowchart" }, Step("l", "loop", "c", 9) with { ActivityType = "Elsa.For" }];
        for (var i = 0; i < passes; i++) steps.AddRange([Step($"b{i}", "body", "l", 1) with { ActivityType = "Elsa.Flowchart" }, Step($"w{i}", "work", $"b{i}", 1)]);
        return steps;
    }

    private static StepRecord Step(string id, string activity, string? parent, double seconds) => new()
    {
        StepId = id,
        ActivityId = activity,
        ActivityType = "Test.Work",
        ParentStepId = parent,
        Status = StepStatus.Completed,
        StartedAt = Begin,
        FinishedAt = Begin.AddSeconds(seconds),
    };
}
