using Flows.Contract.Runs;
using Flows.Designer.Runs;

namespace Flows.Tests.Designer;

public sealed class GanttRowsTests
{
    private static readonly DateTimeOffset Begin = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Waiting_is_told_apart_from_running()
    {
        var row = Assert.Single(GanttRows.Of([Step("train", "1", queued: 0, started: 30, finished: 80)], Begin, Begin.AddSeconds(100)));

        var bar = Assert.Single(row.Bars);
        Assert.Equal((0, 0.3, 0.8), (bar.From, bar.Start, bar.End));
        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(50)), (bar.Waited, bar.Ran));
    }

    [Fact]
    public void Passes_of_a_loop_share_a_row_and_thin_ones_become_one_bar()
    {
        var steps = Enumerable.Range(0, 5000).Select(i => Step("body", i.ToString(), i * .02, i * .02, i * .02 + .01)).ToList();

        var row = Assert.Single(GanttRows.Of(steps, Begin, Begin.AddSeconds(100)));

        Assert.Equal(5000, row.Steps);
        Assert.InRange(row.Bars.Count, 100, 500);
        Assert.Equal(5000, row.Bars.Sum(bar => bar.Count));
    }

    [Fact]
    public void A_fault_is_not_hidden_among_merged_bars()
    {
        var steps = Enumerable.Range(0, 5000).Select(i => Step("body", i.ToString(), i * .02, i * .02, i * .02 + .01)).ToList();
        steps[2500] = steps[2500] with { Status = StepStatus.Faulted };

        var row = Assert.Single(GanttRows.Of(steps, Begin, Begin.AddSeconds(100)));

        Assert.Single(row.Bars, bar => bar.Status == StepStatus.Faulted);
    }

    [Fact]
    public void The_run_itself_and_its_outermost_chart_have_no_row()
    {
        StepRecord[] steps =
        [
            Step("Workflow1", "w", 0, 0, 100),
            Step("chart", "c", 0, 0, 100) with { ParentStepId = "w", ActivityType = "Elsa.Flowchart" },
            Step("load", "l", 0, 0, 50) with { ParentStepId = "c" },
        ];

        Assert.Equal(["load"], GanttRows.Of(steps, Begin, Begin.AddSeconds(100)).Select(row => row.ActivityId));
    }

    private static StepRecord Step(string activity, string id, double queued, double started, double finished) => new()
    {
        StepId = id,
        ActivityId = activity,
        ActivityType = "Test.Work",
        Status = StepStatus.Completed,
        QueuedAt = Begin.AddSeconds(queued),
        StartedAt = Begin.AddSeconds(started),
        FinishedAt = Begin.AddSeconds(finished),
    };
}
