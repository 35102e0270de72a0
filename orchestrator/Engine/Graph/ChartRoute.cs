using Flows.Contract.Graphs;

namespace Flows.Engine.Graph;

/// <summary>A flowchart as seen from its start: which connections lead forward and which loop back.</summary>
internal sealed class ChartRoute
{
    private readonly ChartPlan _plan;
    private readonly ForwardArrows _forward;
    private DominatorTree? _dominators;

    public ChartRoute(ChartPlan plan, int start)
    {
        (_plan, Start) = (plan, start);
        _forward = new ForwardArrows(plan.Arrows, start, plan.Knots);
        ForwardIn = Array.ConvertAll(plan.In, edges => Array.FindAll(edges, edge => _forward.Is[edge]));
    }

    public int Start { get; }

    /// <summary>Forward connections that enter a child.</summary>
    public int[][] ForwardIn { get; }

    /// <summary>Steps that were taken to answer questions about the route; grows no faster than the chart and what is asked.</summary>
    public long Looked => _forward.Looked + (_dominators?.Looked ?? 0);

    public bool IsForward(int edge) => _forward.Is[edge];

    /// <summary>Not reachable from the start over forward connections.</summary>
    public bool IsDangling(int node) => node != Start && ForwardIn[node].Length == 0;

    /// <summary>True when every way from the start to the connection's source goes through its target.</summary>
    public bool LoopIsSound(int edge)
    {
        lock (_forward)
        {
            var dominators = _dominators ??= Dominators();
            return !dominators.IsReached(_plan.From[edge]) || dominators.Dominates(_plan.To[edge], _plan.From[edge]);
        }
    }

    /// <summary>True when forward connections lead from one child to another one.</summary>
    public bool Leads(int from, int to)
    {
        lock (_forward) return _forward.Leads(from, to);
    }

    private DominatorTree Dominators()
    {
        var forward = Enumerable.Range(0, _plan.Edges).Where(edge => _forward.Is[edge]).ToArray();
        return new DominatorTree(new Arrows(_plan.Nodes.Length, Array.ConvertAll(forward, edge => _plan.From[edge]), Array.ConvertAll(forward, edge => _plan.To[edge])), Start);
    }
}
