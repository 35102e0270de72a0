using Flows.Contract.Definitions;

namespace Flows.Contract.Checks;

/// <summary>Places where branches meet: can they be passed at all.</summary>
internal static class JoinChecks
{
    // Beyond it only neighbours are compared: a join of hundreds is one of parallel branches.
    private const int AllPairs = 16;

    public static void Find(ChartMap map, ForwardEdges forward, Dominators dominators, Findings found)
    {
        for (var child = 0; child < map.Places.Count; child++)
        {
            var node = map.Node(child);
            var isJoin = node.Activity.Type == "Elsa.FlowJoin";
            if (isJoin && map.In[child].Length == 1)
                found.Warn("lonely-join", node.Id, null, $"The join {node.Title} has only one connection into it, so it joins nothing.", "Connect the other branches to it, or remove it.");
            if (!WaitsForAll(node, isJoin, map.RunsTokens)) continue;
            if (Decision(child, map, forward, dominators) is not { } decision) continue;
            Report(node, map.Node(decision), map.RunsTokens, found);
        }
    }

    private static bool WaitsForAll(CheckedNode node, bool isJoin, bool tokens)
    {
        var mode = node.Activity.Input("mode") is { ExpressionType: ExpressionTypes.Literal } literal ? literal.Value.AsText() : null;
        if (isJoin) return mode == "WaitAll" || tokens && mode == "WaitAllActive";
        return tokens && node.Activity.MergeMode is "Merge" or "Converge";
    }

    private static int? Decision(int child, ChartMap map, ForwardEdges forward, Dominators dominators)
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
