using Flows.Engine.Graph;

namespace Flows.Engine.Run;

/// <summary>
/// Counter mode: a child counts its visits, a connection counts its own and whether the last one followed it.
/// A join is open while some forward connection has been visited no more often than the join itself.
/// Counts of open and followed connections are kept per child, so that a decision never looks at all of them.
/// </summary>
internal sealed class CounterChart : Chart
{
    private readonly int[] _visits;
    private readonly int[] _edgeVisits;
    private readonly bool[] _followed;
    private readonly int[] _open;
    private readonly int[] _followedIn;

    public CounterChart(RunState run, Step step, int start) : base(run, step, start)
    {
        _visits = new int[Plan.Nodes.Length];
        _open = new int[Plan.Nodes.Length];
        _followedIn = new int[Plan.Nodes.Length];
        _edgeVisits = new int[Plan.Edges];
        _followed = new bool[Plan.Edges];
        for (var node = 0; node < _open.Length; node++) _open[node] = Route.ForwardIn[node].Length;
    }

    public override void Completed(Step child, IReadOnlyList<string>? outcomes)
    {
        if (child.Node.IsTerminal)
        {
            Run.Complete(Step);
            return;
        }
        if (!Leave(child.Node.Local, outcomes, skipped: false, child.Backward)) CompleteWhenIdle();
    }

    public override void Cancelled(Step child)
    {
        CompleteWhenIdle();
        Leave(child.Node.Local, [], skipped: true, backward: false);
    }

    /// <summary>Visits the connections that leave a child, depth first through skipped children. True when something was scheduled.</summary>
    private bool Leave(int child, IReadOnlyList<string>? outcomes, bool skipped, bool backward)
    {
        var scheduled = false;
        var open = new Stack<(int Child, int Next)>();
        Visit(child, backward);
        open.Push((child, 0));
        while (open.TryPop(out var at))
        {
            if (at.Next >= Plan.Out[at.Child].Length) continue;
            open.Push((at.Child, at.Next + 1));

            // Whatever lies deeper is there because it was skipped.
            var follows = !skipped && open.Count == 1;
            var edge = Plan.Out[at.Child][at.Next];
            var verdict = Take(edge, follows && Follows(Plan.Ports[edge], outcomes));
            scheduled |= verdict == Verdict.Scheduled;
            if (verdict != Verdict.Skipped) continue;
            Visit(Plan.To[edge], backward: false);
            open.Push((Plan.To[edge], 0));
        }
        return scheduled;
    }

    private enum Verdict { Waits, Scheduled, Skipped }

    private Verdict Take(int edge, bool followed)
    {
        VisitEdge(edge, followed);
        var target = Plan.To[edge];
        if (!Route.IsForward(edge)) return followed ? LoopBack(edge) : Verdict.Waits;
        return Plan.Nodes[target].Join switch
        {
            JoinMode.WaitAny => TakeAny(edge, target),
            JoinMode.WaitAll => TakeAll(target, _followedIn[target] == Route.ForwardIn[target].Length),
            _ => TakeAll(target, _followedIn[target] > 0),
        };
    }

    private Verdict LoopBack(int edge)
    {
        if (!Route.LoopIsSound(edge))
        {
            var (source, target) = (Plan.Nodes[Plan.From[edge]].Id, Plan.Nodes[Plan.To[edge]].Id);
            throw new FlowFault($"The connection from '{source}' back to '{target}' is not a loop: '{source}' can also be reached without going through '{target}'.");
        }
        Schedule(Plan.To[edge], backward: true);
        return Verdict.Scheduled;
    }

    private Verdict TakeAll(int target, bool satisfied)
    {
        if (_open[target] > 0) return Verdict.Waits;
        if (!satisfied) return Verdict.Skipped;
        Schedule(target);
        return Verdict.Scheduled;
    }

    private Verdict TakeAny(int edge, int target)
    {
        if (_edgeVisits[edge] <= _visits[target] || IsScheduled(target)) return Verdict.Waits;
        if (_followedIn[target] > 0)
        {
            Schedule(target);
            CancelAncestorsOf(target);
            return Verdict.Scheduled;
        }
        return _open[target] == 0 ? Verdict.Skipped : Verdict.Waits;
    }

    private void Visit(int child, bool backward)
    {
        if (Route.IsDangling(child)) throw new FlowFault($"Activity '{Plan.Nodes[child].Id}' cannot be reached from the flowchart's start.");
        if (backward) return;
        _visits[child]++;
        var open = 0;
        foreach (var edge in Route.ForwardIn[child])
        {
            if (_edgeVisits[edge] <= _visits[child]) open++;
        }
        _open[child] = open;
    }

    private void VisitEdge(int edge, bool followed)
    {
        var target = Plan.To[edge];
        var wasOpen = _edgeVisits[edge] <= _visits[target];
        _edgeVisits[edge]++;
        if (!Route.IsForward(edge)) return;
        if (wasOpen && _edgeVisits[edge] > _visits[target]) _open[target]--;
        if (followed != _followed[edge]) _followedIn[target] += followed ? 1 : -1;
        _followed[edge] = followed;
    }
}
