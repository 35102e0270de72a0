using Flows.Contract.Definitions;

namespace Flows.Contract.Checks;

/// <summary>Two activities that may run at the same time must not write one variable: which value stays would be luck.</summary>
internal static class WriterChecks
{
    public static void Find(CheckedFlow flow, DataWiring wiring, Findings found)
    {
        var pairs = new Dictionary<ChartMap, List<WriterPair>>();
        foreach (var variable in wiring.Variables)
        {
            foreach (var writing in variable.Writers) InParallelLoop(variable, writing, found);
            if (variable.Writers.Count > 1) Collect(variable, flow, pairs, found);
        }
        foreach (var (map, asked) in pairs)
        {
            for (var first = 0; first < asked.Count; first += 64)
            {
                foreach (var pair in ParallelPairs.Of(map, asked.GetRange(first, Math.Min(64, asked.Count - first)))) Report(pair, found);
            }
        }
    }

    private static void InParallelLoop(ScopedVariable variable, Writing writing, Findings found)
    {
        for (var above = writing.Node.Place.Parent; above is not null && above != variable.Owner; above = above.Parent)
        {
            if (above.Activity.Type != "Elsa.ParallelForEach") continue;
            found.Warn("concurrent-writers", writing.Node.Id, writing.Field, $"{writing.Node.Title} writes '{variable.Declared.Name}' in passes that run at the same time, so they overwrite each other.", "Give the loop's body a variable of its own.");
            return;
        }
    }

    private static void Collect(ScopedVariable variable, CheckedFlow flow, Dictionary<ChartMap, List<WriterPair>> pairs, Findings found)
    {
        var byContainer = new Dictionary<PlacedActivity, SortedDictionary<int, Writing>>();
        foreach (var writing in variable.Writers)
        {
            for (var at = writing.Node.Place; at.Parent is { } container; at = container)
            {
                if (!byContainer.TryGetValue(container, out var children)) byContainer[container] = children = [];
                children.TryAdd(at.Order, writing);
            }
        }
        foreach (var (container, children) in byContainer.Where(one => one.Value.Count > 1))
        {
            if (container.Activity.Type is "Elsa.Parallel" or "Elsa.Fork") Report(new WriterPair(variable, children.First().Value, children.Last().Value, 0, 0), found);
            if (flow.ChartOf(container) is not { } chart) continue;
            if (!pairs.TryGetValue(chart, out var list)) pairs[chart] = list = [];
            // If no two neighbours in topological order may run together, the writers form a chain.
            var ordered = children.OrderBy(child => chart.Knots.Of[child.Key]).ToList();
            for (var i = 1; i < ordered.Count; i++) list.Add(new WriterPair(variable, ordered[i - 1].Value, ordered[i].Value, ordered[i - 1].Key, ordered[i].Key));
        }
    }

    private static void Report(WriterPair pair, Findings found)
    {
        if (pair.First > pair.Second) pair = new WriterPair(pair.Variable, pair.Two, pair.One, pair.Second, pair.First);
        var message = $"{pair.One.Node.Title} and {pair.Two.Node.Title} may run at the same time, and both write '{pair.Variable.Declared.Name}'.";
        const string fix = "Give each a variable of its own, or connect one after the other.";
        if (pair.One.Output is not null && pair.Two.Output is not null) found.Error("concurrent-writers", pair.Two.Node.Id, pair.Two.Field, message, fix);
        else found.Warn("concurrent-writers", pair.Two.Node.Id, pair.Two.Field, message, fix);
    }
}

internal sealed record WriterPair(ScopedVariable Variable, Writing One, Writing Two, int First, int Second);
