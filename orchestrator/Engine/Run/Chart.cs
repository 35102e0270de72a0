using Flows.Engine.Graph;

namespace Flows.Engine.Run;

/// <summary>A running flowchart: decides what a child's end leads to. Two kinds: counters and tokens.</summary>
internal abstract class Chart(RunState run, Step step, int start)
{
    private readonly int[] _scheduled = new int[step.Node.Children.Length];

    protected Step Step { get; } = step;

    protected ChartPlan Plan { get; } = step.Node.Chart!;

    protected ChartRoute Route { get; } = step.Node.Chart!.RouteFrom(start);

    protected RunState Run { get; } = run;

    private bool[]? _stale;

    /// <summary>Something that leads to the child was done anew.</summary>
    public bool IsStale(int child) => _stale?[child] == true;

    /// <summary>Whatever can be reached from the child is stale; a child is looked at once.</summary>
    public void Spread(int child)
    {
        _stale ??= new bool[Plan.Nodes.Length];
        var open = new Stack<int>([child]);
        while (open.TryPop(out var at))
        {
            foreach (var edge in Plan.Out[at])
            {
                if (_stale[Plan.To[edge]]) continue;
                _stale[Plan.To[edge]] = true;
                open.Push(Plan.To[edge]);
            }
        }
    }

    public void Begin() => Schedule(Route.Start);

    /// <summary>A direct child has completed with outcomes; null is the default outcome.</summary>
    public abstract void Completed(Step child, IReadOnlyList<string>? outcomes);

    /// <summary>A direct child was cancelled.</summary>
    public abstract void Cancelled(Step child);

    /// <summary>A scheduled child leaves the queue.</summary>
    public void Dequeued(Node child) => _scheduled[child.Local]--;

    protected bool IsScheduled(int child) => _scheduled[child] > 0;

    protected void Schedule(int child, bool backward = false)
    {
        _scheduled[child]++;
        Run.Schedule(Plan.Nodes[child], Step, backward: backward);
    }

    protected static bool Follows(string? port, IReadOnlyList<string>? outcomes) => outcomes is null
        ? port is null or "Done"
        : port is null ? outcomes.Contains("Done") : outcomes.Contains(port);

    protected void CancelAncestorsOf(int child)
    {
        foreach (var other in Step.Children().Where(other => !other.IsOver && Route.Leads(other.Node.Local, child)).ToList())
        {
            Run.Cancel(other, childrenFirst: true);
        }
    }

    protected void CompleteWhenIdle()
    {
        if (Step.RunningChildren == 0 && Step.Scheduled == 0 && Step.FaultedChildren == 0) Run.Complete(Step);
    }
}

/// <summary>A flowchart that cannot go on; becomes the fault of the step that led there.</summary>
internal sealed class FlowFault(string message) : Exception(message);
