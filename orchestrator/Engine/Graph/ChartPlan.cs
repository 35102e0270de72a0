using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Contract.Graphs;

namespace Flows.Engine.Graph;

/// <summary>A flowchart's wiring as arrays: children by their local number, connections by theirs.</summary>
internal sealed class ChartPlan
{
    private readonly Dictionary<int, ChartRoute> _routes = [];

    /// <summary>Source, target and port of each connection; a null port is the default outcome.</summary>
    public int[] From => Arrows.From;

    public int[] To => Arrows.To;

    public string?[] Ports { get; }

    /// <summary>Connections that leave a child, in the file's order.</summary>
    public int[][] Out => Arrows.Out;

    /// <summary>Connections that enter a child.</summary>
    public int[][] In => Arrows.In;

    public Arrows Arrows { get; }

    public Knots Knots { get; }

    public Node[] Nodes { get; }

    public ChartPlan(Node[] nodes, IEnumerable<FlowConnection> connections)
    {
        Nodes = nodes;
        var byId = new Dictionary<string, int>(nodes.Length);
        foreach (var node in nodes) byId.TryAdd(node.Id, node.Local);

        // The same connection drawn twice is one connection.
        var distinct = connections.Where(c => byId.ContainsKey(c.Source) && byId.ContainsKey(c.Target)).Distinct().ToArray();
        Arrows = new Arrows(nodes.Length, Array.ConvertAll(distinct, c => byId[c.Source]), Array.ConvertAll(distinct, c => byId[c.Target]));
        Knots = new Knots(Arrows);
        Ports = Array.ConvertAll(distinct, c => c.SourcePort);
        for (var edge = 0; edge < Edges; edge++)
        {
            if (Ports[edge] == StepPolicy.ErrorOutcome) nodes[From[edge]].HasErrorPort = true;
        }
    }

    public int Edges => From.Length;

    /// <summary>Forward and backward connections as seen from one start; made once per start.</summary>
    public ChartRoute RouteFrom(int start)
    {
        lock (_routes)
        {
            if (!_routes.TryGetValue(start, out var route)) _routes[start] = route = new ChartRoute(this, start);
            return route;
        }
    }

    /// <summary>Where to begin: the trigger, Elsa.Start, the one that can start, the first without inbound connection, the first.</summary>
    public Node? StartFor(string? triggerId) =>
        (triggerId is null ? null : Array.Find(Nodes, node => node.Id == triggerId))
        ?? Array.Find(Nodes, node => node.Type == "Elsa.Start")
        ?? Array.Find(Nodes, node => node.Activity.CanStartWorkflow)
        ?? Array.Find(Nodes, node => In[node.Local].Length == 0)
        ?? Nodes.FirstOrDefault();
}
