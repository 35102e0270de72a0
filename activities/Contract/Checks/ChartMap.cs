using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Contract.Graphs;

namespace Flows.Contract.Checks;

/// <summary>A flowchart's wiring as arrays: children by their number, connections by theirs, and the knots that loops tie.</summary>
internal sealed class ChartMap
{
    private readonly CheckedFlow _flow;

    public ChartMap(CheckedNode chart, CheckedFlow flow)
    {
        (Chart, _flow) = (chart, flow);
        Places = flow.Index.ChildrenOf(chart.Place);
        for (var child = 0; child < Places.Count; child++) ById.TryAdd(Places[child].Id, child);
        Connections = chart.Activity.Connections;
        Edges = Connections.Where(c => ById.ContainsKey(c.Source) && ById.ContainsKey(c.Target)).Distinct().ToArray();
        Arrows = new Arrows(Places.Count, Array.ConvertAll(Edges, edge => ById[edge.Source]), Array.ConvertAll(Edges, edge => ById[edge.Target]));
        Knots = new Knots(Arrows);
        Start = FindStart();
        IsReachable = Reach();
    }

    public CheckedNode Chart { get; }

    public IReadOnlyList<PlacedActivity> Places { get; }

    public Dictionary<string, int> ById { get; } = [];

    /// <summary>As the file has them, also those that lead nowhere.</summary>
    public IReadOnlyList<FlowConnection> Connections { get; }

    public FlowConnection[] Edges { get; }

    /// <summary>The connections that have both ends, by their number.</summary>
    public Arrows Arrows { get; }

    public int[] From => Arrows.From;

    public int[] To => Arrows.To;

    public int[][] Out => Arrows.Out;

    public int[][] In => Arrows.In;

    public Knots Knots { get; }

    /// <summary>Where a run without a trigger begins; -1 in an empty flowchart.</summary>
    public int Start { get; }

    /// <summary>Reached from the start, or from an activity that can start the flow itself.</summary>
    public bool[] IsReachable { get; }

    /// <summary>Nothing says where to begin: every activity has a connection into it.</summary>
    public bool StartIsGuessed => Start >= 0 && !IsStart(Start) && In[Start].Length > 0;

    /// <summary>One mode holds for the whole run: the flow's, else that of its root.</summary>
    public bool RunsTokens => (_flow.Flow.CustomProperties.Text("Flowchart:ExecutionMode") ?? _flow.Flow.Root?.CustomProperties.Text("Flowchart:ExecutionMode"))
        ?.Contains("token", StringComparison.OrdinalIgnoreCase) == true;

    public CheckedNode Node(int child) => _flow.ByPlace[Places[child]];

    /// <summary>Of the connections that leave it, those of one port at most are followed.</summary>
    public bool IsExclusive(int child) => Places[child].Activity is var activity
        && (activity.Type == "Elsa.FlowDecision" || activity.Type == "Elsa.FlowSwitch" && !MatchesAny(activity));

    /// <summary>Connections of different ports may be followed at once.</summary>
    public bool IsForking(int child) => Places[child].Activity is var activity
        && (activity.Type is "Elsa.FlowFork" or "Elsa.RunJavaScript" || activity.Type == "Elsa.FlowSwitch" && MatchesAny(activity));

    private static bool MatchesAny(FlowActivity activity) => activity.Input("mode") is { } mode
        && (mode.ExpressionType != ExpressionTypes.Literal || string.Equals(mode.Value.AsText(), "MatchAny", StringComparison.OrdinalIgnoreCase));

    private bool IsStart(int child) => Places[child].Activity is var activity && (activity.Type == "Elsa.Start" || activity.CanStartWorkflow);

    private int FindStart()
    {
        var all = Enumerable.Range(0, Places.Count);
        foreach (var rule in new Func<int, bool>[] { c => Places[c].Activity.Type == "Elsa.Start", c => Places[c].Activity.CanStartWorkflow, c => In[c].Length == 0, _ => true })
        {
            foreach (var child in all)
            {
                if (rule(child)) return child;
            }
        }
        return -1;
    }

    private bool[] Reach()
    {
        var reached = new bool[Places.Count];
        var open = new Stack<int>(Enumerable.Range(0, Places.Count).Where(child => child == Start || IsStart(child)));
        foreach (var child in open) reached[child] = true;
        while (open.TryPop(out var child))
        {
            foreach (var edge in Out[child])
            {
                if (reached[To[edge]]) continue;
                reached[To[edge]] = true;
                open.Push(To[edge]);
            }
        }
        return reached;
    }
}
