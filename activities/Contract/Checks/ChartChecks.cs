using Flows.Contract.Definitions;
using Flows.Contract.Graphs;

namespace Flows.Contract.Checks;

/// <summary>A flowchart's control wires: do they lead somewhere, does everything get its turn.</summary>
internal static class ChartChecks
{
    public static IEnumerable<Pause> Find(ChartMap map, Findings found)
    {
        Connections(map, found);
        yield return default;
        if (map.Start < 0) yield break;
        if (map.StartIsGuessed)
            found.Warn("no-start", map.Places[map.Start].Id, null, $"Nothing says where {map.Chart.Title} begins, so it begins at {map.Node(map.Start).Title}.", "Add a Start, or remove the connection into the first activity.");
        Unreachable(map, found);
        yield return default;
        var forward = new ForwardArrows(map.Arrows, map.Start, map.Knots);
        yield return default;
        var dominators = new Dominators(map, forward);
        yield return default;
        if (!map.RunsTokens) Loops(map, forward, dominators, found);
        yield return default;
        JoinChecks.Find(map, forward, dominators, found);
        EndlessChecks.Find(map, found);
    }

    private static void Connections(ChartMap map, Findings found)
    {
        var entries = (JsonReading.Unwrap(map.Chart.Activity.Json["connections"]) as System.Text.Json.Nodes.JsonArray)?.Count ?? 0;
        if (entries > map.Connections.Count)
            found.Warn("dangling-connection", map.Chart.Id, "connections", $"{map.Chart.Title} has a connection without a source or a target.", "Remove it in the file, or draw it anew.");
        foreach (var connection in map.Connections)
        {
            var (hasSource, hasTarget) = (map.ById.ContainsKey(connection.Source), map.ById.ContainsKey(connection.Target));
            if (!hasSource || !hasTarget) Dangling(map, connection, hasSource, hasTarget, found);
            else Port(map, connection, found);
        }
    }

    private static void Dangling(ChartMap map, FlowConnection connection, bool hasSource, bool hasTarget, Findings found) =>
        found.Warn("dangling-connection", hasSource ? connection.Source : hasTarget ? connection.Target : map.Chart.Id, null,
            $"A connection leads from '{connection.Source}' to '{connection.Target}', but there is no '{(hasSource ? connection.Target : connection.Source)}' in {map.Chart.Title}.",
            "Remove the connection, or bring the activity back.");

    private static void Port(ChartMap map, FlowConnection connection, Findings found)
    {
        var source = map.Node(map.ById[connection.Source]);
        if (source.Outcomes is not { } outcomes || outcomes.Contains(connection.SourcePort ?? "Done")) return;
        if (connection.SourcePort is null or "Done")
            found.Warn("unfollowed-connection", source.Id, null, $"The connection from {source.Title} to '{connection.Target}' leaves no port, so it is never followed.", outcomes.Count == 0 ? "Remove it: nothing comes after this activity." : $"Draw it from one of its ports: {string.Join(", ", outcomes)}.");
        else
            found.Warn("unknown-port", source.Id, null, $"A connection leaves {source.Title} at the port '{connection.SourcePort}', which it does not have.", outcomes.Count == 0 ? "Remove the connection." : $"Its ports are {string.Join(", ", outcomes)}: draw the connection from one of them.");
    }

    private static void Unreachable(ChartMap map, Findings found)
    {
        for (var knot = 0; knot < map.Knots.Count; knot++)
        {
            var members = map.Knots.Members[knot];
            if (map.IsReachable[members[0]]) continue;
            var hasEntry = members.Any(member => map.In[member].Any(edge => map.Knots.Of[map.From[edge]] != knot));
            if (map.Knots.IsLoop(knot) && !hasEntry)
                found.Warn("cycle-without-entry", map.Places[members[0]].Id, null, $"{map.Node(members[0]).Title} is part of a cycle that nothing leads into, so it never runs.", "Connect something to the cycle, or cut it.");
            else
                foreach (var member in members) Unreachable(map.Node(member), found);
        }
    }

    private static void Unreachable(CheckedNode node, Findings found) =>
        found.Warn("unreachable", node.Id, null, $"{node.Title} is never reached, so it never runs.", "Connect it to something that runs, or remove it.");

    private static void Loops(ChartMap map, ForwardArrows forward, Dominators dominators, Findings found)
    {
        for (var edge = 0; edge < map.Edges.Length; edge++)
        {
            if (!forward.IsBackward[edge] || map.From[edge] == map.To[edge] || dominators.Dominates(map.To[edge], map.From[edge])) continue;
            var (source, target) = (map.Node(map.From[edge]), map.Node(map.To[edge]));
            found.Error("unsound-loop", source.Id, null, $"The connection from {source.Title} back to {target.Title} is no loop: {source.Title} can also be reached around {target.Title}.",
                $"Lead every way to {source.Title} through {target.Title}, or connect back to where the ways part.");
        }
    }
}
