using Flows.Contract.Runs;

namespace Flows.Designer.Runs;

/// <summary>A bar on the timeline, in shares of the whole time.</summary>
/// <param name="Count">Steps that this bar stands for: bars too thin to tell apart become one.</param>
public sealed record GanttBar(double From, double Start, double End, StepStatus Status, int Count, TimeSpan Waited, TimeSpan Ran);

public sealed record GanttRow(string ActivityId, int Steps, IReadOnlyList<GanttBar> Bars, TimeSpan Ran);

/// <summary>Steps as rows: one per activity, a loop's passes repeat on its row. Linear in the steps.</summary>
public static class GanttRows
{
    /// <summary>Bars of one row are told apart down to this share of the width.</summary>
    private const double Grain = 1 / 400.0;

    public static IReadOnlyList<GanttRow> Of(IReadOnlyList<StepRecord> steps, DateTimeOffset from, DateTimeOffset to)
    {
        var whole = Math.Max(1, (to - from).TotalMilliseconds);
        var rows = new Dictionary<string, List<GanttBar>>();
        var frames = Frames(steps);
        foreach (var step in steps.Where(step => !frames.Contains(step.StepId)))
        {
            if (Bar(step, from, to, whole) is not { } bar) continue;
            if (!rows.TryGetValue(step.ActivityId, out var bars)) rows[step.ActivityId] = bars = [];
            bars.Add(bar);
        }
        return [.. rows.Select(row => Row(row.Key, row.Value))];
    }

    /// <summary>The run itself and its outermost chart span everything and say nothing.</summary>
    internal static HashSet<string> Frames(IReadOnlyList<StepRecord> steps)
    {
        var parents = steps.Select(step => step.ParentStepId).ToHashSet();
        var frames = steps.Where(step => step.ParentStepId is null && parents.Contains(step.StepId)).Select(step => step.StepId).ToHashSet();
        frames.UnionWith(steps.Where(step => step.ParentStepId is { } parent && frames.Contains(parent) && parents.Contains(step.StepId)
            && step.ActivityType is ("Elsa.Flowchart" or "Elsa.Sequence")).Select(step => step.StepId).ToList());
        return frames;
    }

    private static GanttRow Row(string activityId, List<GanttBar> bars)
    {
        bars.Sort((a, b) => a.From.CompareTo(b.From));
        return new GanttRow(activityId, bars.Count, bars.Count > 50 ? Merged(bars) : bars, TimeSpan.FromTicks(bars.Sum(bar => bar.Ran.Ticks)));
    }

    private static GanttBar? Bar(StepRecord step, DateTimeOffset from, DateTimeOffset to, double whole)
    {
        if ((step.QueuedAt ?? step.StartedAt) is not { } queued) return null;
        var started = step.StartedAt ?? to;
        var ended = step.FinishedAt ?? to;
        return new GanttBar(Share(queued), Share(started), Share(ended), step.Status, 1, started - queued, ended - started);

        double Share(DateTimeOffset at) => Math.Clamp((at - from).TotalMilliseconds / whole, 0, 1);
    }

    private static List<GanttBar> Merged(List<GanttBar> bars)
    {
        var merged = new List<GanttBar>();
        foreach (var bar in bars)
        {
            if (merged.Count > 0 && merged[^1] is var last && bar.End - last.From < Grain)
                merged[^1] = last with { End = Math.Max(last.End, bar.End), Count = last.Count + 1, Status = Worse(last.Status, bar.Status), Waited = last.Waited + bar.Waited, Ran = last.Ran + bar.Ran };
            else merged.Add(bar);
        }
        return merged;
    }

    private static StepStatus Worse(StepStatus one, StepStatus other) =>
        one == StepStatus.Faulted || other == StepStatus.Faulted ? StepStatus.Faulted : other;
}
