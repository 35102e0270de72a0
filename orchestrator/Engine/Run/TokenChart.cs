using Flows.Engine.Graph;

namespace Flows.Engine.Run;

/// <summary>
/// Token mode: a completion puts a token on each connection it follows and takes those that led to it.
/// Blocked tokens mark the connections that lost a race. Tokens are counted per connection, so that every decision is local.
/// </summary>
internal sealed class TokenChart : Chart
{
    private readonly int[] _live;
    private readonly int[] _blocked;
    private readonly bool[] _spent;
    private readonly int[] _liveInto;
    private readonly int[] _busySources;
    private readonly int[] _filled;
    private readonly int[] _filledForward;
    private int _liveTotal;

    public TokenChart(RunState run, Step step, int start) : base(run, step, start)
    {
        (_live, _blocked, _spent) = (new int[Plan.Edges], new int[Plan.Edges], new bool[Plan.Edges]);
        _liveInto = new int[Plan.Nodes.Length];
        _busySources = new int[Plan.Nodes.Length];
        _filled = new int[Plan.Nodes.Length];
        _filledForward = new int[Plan.Nodes.Length];
    }

    public override void Completed(Step child, IReadOnlyList<string>? outcomes)
    {
        if (child.Node.IsTerminal)
        {
            Clear();
            Run.Complete(Step);
            return;
        }

        var local = child.Node.Local;
        var active = Array.FindAll(Plan.Out[local], edge => Follows(Plan.Ports[edge], outcomes));
        foreach (var edge in active) Put(edge);
        foreach (var edge in Plan.In[local]) Take(edge);
        foreach (var edge in active) Offer(edge, local);
        if (!HasPendingWork)
        {
            Clear();
            Run.Complete(Step);
        }
        Purge(local);
    }

    public override void Cancelled(Step child)
    {
        foreach (var edge in Plan.In[child.Node.Local].Concat(Plan.Out[child.Node.Local]))
        {
            Take(edge);
            (_blocked[edge], _spent[edge]) = (0, false);
        }
        CompleteWhenIdle();
    }

    private bool HasPendingWork => Step.RunningChildren > 0 || Step.Scheduled > 0 || Step.FaultedChildren > 0 || _liveTotal > 0;

    private void Offer(int edge, int source)
    {
        var target = Plan.To[edge];
        switch (Plan.Nodes[target].Merge)
        {
            case MergeMode.Race:
                CancelAncestorsOf(target);
                Race(edge, source, target);
                break;
            case MergeMode.Cascade:
                Race(edge, source, target);
                break;
            case MergeMode.Merge when Route.ForwardIn[target] is { Length: > 1 } inbound && _filledForward[target] < inbound.Length:
            case MergeMode.Converge when Plan.In[target] is { Length: > 1 } all && _filled[target] < all.Length:
            case MergeMode.Stream when _busySources[target] > 0:
                break;
            default:
                Schedule(target);
                break;
        }
    }

    private void Race(int edge, int source, int target)
    {
        if (_blocked[edge] > 0)
        {
            _spent[edge] = true;
            return;
        }
        Schedule(target);
        foreach (var other in Route.ForwardIn[target])
        {
            if (Plan.From[other] != source) _blocked[other]++;
        }
    }

    private void Put(int edge)
    {
        _liveTotal++;
        var target = Plan.To[edge];
        if (_live[edge]++ == 0)
        {
            _filled[target]++;
            if (Route.IsForward(edge)) _filledForward[target]++;
        }
        if (_liveInto[target]++ == 0) CountBusy(target, 1);
    }

    private void Take(int edge)
    {
        if (_live[edge] == 0) return;
        var target = Plan.To[edge];
        _liveTotal -= _live[edge];
        _liveInto[target] -= _live[edge];
        _live[edge] = 0;
        _filled[target]--;
        if (Route.IsForward(edge)) _filledForward[target]--;
        if (_liveInto[target] == 0) CountBusy(target, -1);
    }

    // A child with a token still on its way to it keeps those behind it waiting.
    private void CountBusy(int child, int by)
    {
        foreach (var edge in Plan.Out[child])
        {
            if (Route.IsForward(edge)) _busySources[Plan.To[edge]] += by;
        }
    }

    private void Purge(int child)
    {
        foreach (var edge in Plan.In[child])
        {
            if (!_spent[edge]) continue;
            _spent[edge] = false;
            _blocked[edge]--;
        }
    }

    private void Clear()
    {
        for (var edge = 0; edge < Plan.Edges; edge++) Take(edge);
        Array.Clear(_blocked);
        Array.Clear(_spent);
    }
}
