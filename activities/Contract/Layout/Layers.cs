namespace Flows.Contract.Layout;

/// <summary>Nodes in columns, every edge leading to the next column: longer ones are bent at waypoints, which are nodes without size.</summary>
internal sealed class Layers
{
    // More waypoints than this per node cost more than the crossings they save.
    private const int WaypointsPerNode = 4;

    private Layers(int nodes) => Nodes = nodes;

    /// <summary>Real nodes; numbers from here on are waypoints.</summary>
    public int Nodes { get; }

    public List<List<int>> Columns { get; } = [];

    public List<List<int>> Next { get; } = [];

    public List<List<int>> Previous { get; } = [];

    public static Layers Of(int nodes, List<(int From, int To)> edges)
    {
        var acyclic = Acyclic(nodes, edges);
        var rank = Ranks(nodes, acyclic);
        var layers = new Layers(nodes);
        for (var node = 0; node < nodes; node++) layers.Add(rank[node], node);
        var bend = acyclic.Sum(edge => (long)rank[edge.To] - rank[edge.From] - 1) <= (long)WaypointsPerNode * nodes;
        foreach (var (from, to) in acyclic) layers.Connect(from, to, rank, bend);
        return layers;
    }

    private void Connect(int from, int to, int[] rank, bool bend)
    {
        var last = from;
        for (var column = rank[from] + 1; bend && column < rank[to]; column++)
        {
            var waypoint = Next.Count;
            Add(column, waypoint);
            Link(last, waypoint);
            last = waypoint;
        }
        Link(last, to);
    }

    private void Add(int column, int node)
    {
        while (Columns.Count <= column) Columns.Add([]);
        Columns[column].Add(node);
        while (Next.Count <= node)
        {
            Next.Add([]);
            Previous.Add([]);
        }
    }

    private void Link(int from, int to)
    {
        Next[from].Add(to);
        Previous[to].Add(from);
    }

    // Depth first in the file's order, beginning where nothing leads in; what leads back to an open node is turned around.
    private static List<(int From, int To)> Acyclic(int nodes, List<(int From, int To)> edges)
    {
        var next = ByNode(nodes, edges);
        var entered = new bool[nodes];
        foreach (var (_, to) in edges) entered[to] = true;
        var (state, turned) = (new byte[nodes], new HashSet<(int, int)>());
        foreach (var begins in new[] { true, false })
            for (var root = 0; root < nodes; root++)
                if (entered[root] != begins && state[root] == 0) Walk(root, next, state, turned);
        return turned.Count == 0 ? edges : edges.Select(edge => turned.Contains(edge) ? (edge.To, edge.From) : edge).Distinct().ToList();
    }

    private static void Walk(int root, List<int>?[] next, byte[] state, HashSet<(int, int)> turned)
    {
        var open = new Stack<(int Node, int Done)>();
        state[root] = 1;
        open.Push((root, 0));
        while (open.TryPop(out var at))
        {
            if (next[at.Node] is not { } targets || at.Done == targets.Count)
            {
                state[at.Node] = 2;
                continue;
            }
            open.Push((at.Node, at.Done + 1));
            var target = targets[at.Done];
            if (state[target] == 1) turned.Add((at.Node, target));
            if (state[target] != 0) continue;
            state[target] = 1;
            open.Push((target, 0));
        }
    }

    private static int[] Ranks(int nodes, List<(int From, int To)> edges)
    {
        var next = ByNode(nodes, edges);
        var (rank, waiting, open) = (new int[nodes], new int[nodes], new Queue<int>());
        foreach (var (_, to) in edges) waiting[to]++;
        for (var node = 0; node < nodes; node++)
            if (waiting[node] == 0) open.Enqueue(node);
        while (open.TryDequeue(out var node))
        {
            foreach (var target in next[node] ?? [])
            {
                rank[target] = Math.Max(rank[target], rank[node] + 1);
                if (--waiting[target] == 0) open.Enqueue(target);
            }
        }
        return rank;
    }

    private static List<int>?[] ByNode(int nodes, List<(int From, int To)> edges)
    {
        var next = new List<int>?[nodes];
        foreach (var (from, to) in edges) (next[from] ??= []).Add(to);
        return next;
    }
}
