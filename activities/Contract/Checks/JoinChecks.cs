using Flows.Contract.Definitions;

using Flows.Contract.Graphs;

namespace Flows.Contract.Checks;

/// <summary>Places where branches meet: can they be passed at all.</summary>
internal static class JoinChecks
{
    // Beyond it only neighbours are compared: a join of hundreds is one of parallel branches.
    private const int AllPairs = 16;

    public static void Find(ChartMap map, ForwardArrows forward, Dominators dominators, Findings found)
    {
        for (var child = 0; child < map.Places.Count; child++)
        {
            var node = map.Node(child);
            var isJoin = node.Activity.Type == "Elsa.FlowJoin";
            if (isJoin && map.In[child].Length == 1)
                found.Warn("lonely-join", node.Id, null, $"The join {node.Title} has only one connection into it, so it joins nothing.", "Connect the other branches to it, or remove it.");
            if (!WaitsForAll(node, isJoin, map.RunsTokens)) continue;
            if (Decision(child, map, forward, dominators) is { } decision) Report(node, map.Node(decision), map.RunsTokens, found);
            else if (map.RunsTokens) Tokens(child, map, forward, dominators, found);
        }
    }

    // A token that never comes keeps a merge waiting, and nothing is left that could wake the run.
    private static void Tokens(int child, ChartMap map, ForwardArrows forward, Dominators dominators, Findings found)
    {
        var node = map.Node(child);
        var entering = Array.FindAll(map.In[child], edge => forward.Is[edge]);
        foreach (var (decision, _) in dominators.DecisionsBefore(entering).Where(port => LeadsAway(port.Decision, port.Port, map)).Take(1))
            found.Warn("token-merge", node.Id, "mode", $"{node.Title} waits for all its branches, but {map.Node(decision).Title} may lead away from one of them: then the run waits there for ever.", "Merge by Stream, or lead every way of the decision to it.");
        if (node.Activity.MergeMode != "Converge") return;
        foreach (var never in map.In[child].Where(edge => map.In[child].Length > 1 && !forward.Is[edge]).Take(1))
            found.Warn("token-merge", node.Id, null, $"{node.Title} converges with the connection from {map.Node(map.From[never]).Title}, which comes only after it or never: the run waits there for ever.", "Merge by Merge, which does not wait for what leads back.");
    }

    // Another way ends there, or leaves the loop that all of it is in.
    private static bool LeadsAway(int decision, string port, ChartMap map)
    {
        var others = map.Out[decision].Where(edge => (map.Edges[edge].SourcePort ?? "Done") != port).ToLookup(edge => map.Edges[edge].SourcePort ?? "Done");
        return map.Node(decision).Outcomes is not { } outcomes
            || outcomes.Any(outcome => outcome != port && outcome != Activities.StepPolicy.ErrorOutcome && !others.Contains(outcome))
            || others.Any(edges => edges.All(edge => map.Knots.Of[map.To[edge]] != map.Knots.Of[decision]));
    }

    private static bool WaitsForAll(CheckedNode node, bool isJoin, bool tokens)
    {
        var mode = node.Activity.Input("mode") is { ExpressionType: ExpressionTypes.Literal } literal ? literal.Value.AsText() : null;
        if (isJoin) return mode == "WaitAll" || tokens && mode == "WaitAllActive";
        return tokens && node.Activity.MergeMode is "Merge" or "Converge";
    }

    private static int? Decision(int child, ChartMap map, ForwardArrows forward, Dominators dominators)
    {
        var entering = Array.FindAll(map.In[child], edge => forward.Is[edge]);
        for (var one = 0; one < entering.Length; one++)
        {
            var last = entering.Length <= AllPairs ? entering.Length : Math.Min(one + 2, entering.Length);
            for (var two = one + 1; two < last; two++)
            {
                if (dominators.DecisionBetween(entering[one], entering[two]) is { } decision) return decision;
            }
        }
        return null;
    }

    private static void Report(CheckedNode join, CheckedNode decision, bool tokens, Findings found)
    {
        var ends = tokens ? "the run waits there for ever" : "it never runs";
        found.Warn(tokens ? "token-merge" : "impossible-join", join.Id, "mode",
            $"{join.Title} waits for branches that {decision.Title} chooses between: never all of them arrive, and {ends}.",
            "Let it wait for active branches only (WaitAllActive) or for the first (WaitAny).");
    }
}
