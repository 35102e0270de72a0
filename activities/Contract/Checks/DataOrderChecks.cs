using Flows.Contract.Definitions;

namespace Flows.Contract.Checks;

/// <summary>Is a value produced before it is read: some writer of the variable lies upstream of each reader.</summary>
internal static class DataOrderChecks
{
    public static IEnumerable<Pause> Find(CheckedFlow flow, DataWiring wiring, Findings found)
    {
        var open = new Dictionary<Reading, ScopedVariable>(ReferenceEqualityComparer.Instance);
        var blocks = new Dictionary<ChartMap, UpstreamBlock>();
        foreach (var variable in wiring.Variables)
        {
            if (variable.Readers.Count == 0 || variable.HasInitial || wiring.Scripts.MayWrite(variable.Declared.Name)) continue;
            Ask(variable, flow, open, blocks);
            yield return default;
        }
        foreach (var block in blocks.Values)
        {
            foreach (var pause in block.Answer(reading => open.Remove(reading))) yield return pause;
        }
        foreach (var (reading, variable) in open) Report(reading, variable, found);
    }

    private static void Ask(ScopedVariable variable, CheckedFlow flow, Dictionary<Reading, ScopedVariable> open, Dictionary<ChartMap, UpstreamBlock> blocks)
    {
        var writers = WritersByContainer(variable);
        var places = variable.Writers.Select(writing => writing.Node.Place).ToHashSet();
        var bits = new Dictionary<PlacedActivity, int>();
        foreach (var reading in variable.Readers)
        {
            open[reading] = variable;
            for (var at = reading.Node.Place; at.Parent is { } container; at = container)
            {
                if (places.Contains(container) || IsBefore(container, at, writers)) open.Remove(reading);
                if (!open.ContainsKey(reading)) break;
                if (flow.ChartOf(container) is not { } chart || !writers.TryGetValue(container, out var children)) continue;
                if (!blocks.TryGetValue(chart, out var block)) blocks[chart] = block = new UpstreamBlock(chart);
                if (!bits.TryGetValue(container, out var bit)) bits[container] = bit = block.Add(children.Select(child => child.Order));
                block.Ask(reading, at.Order, bit);
            }
        }
    }

    private static Dictionary<PlacedActivity, List<PlacedActivity>> WritersByContainer(ScopedVariable variable)
    {
        var writers = new Dictionary<PlacedActivity, List<PlacedActivity>>();
        foreach (var writing in variable.Writers)
        {
            for (var at = writing.Node.Place; at.Parent is { } container; at = container)
            {
                if (!writers.TryGetValue(container, out var children)) writers[container] = children = [];
                children.Add(at);
            }
        }
        return writers;
    }

    // In a loop the writer of one pass comes before the reader of the next.
    private static bool IsBefore(PlacedActivity container, PlacedActivity reader, Dictionary<PlacedActivity, List<PlacedActivity>> writers) =>
        writers.TryGetValue(container, out var children) && container.Activity.Type switch
        {
            "Elsa.While" or "Elsa.For" or "Elsa.ForEach" => true,
            "Elsa.Flowchart" => false,
            _ => children.Any(child => child.Order < reader.Order),
        };

    private static void Report(Reading reading, ScopedVariable variable, Findings found)
    {
        var (node, name) = (reading.Node, variable.Declared.Name);
        var written = variable.Writers.FirstOrDefault();
        var message = written is null
            ? $"{node.Title} reads '{name}', which nothing writes."
            : $"{node.Title} reads '{name}' before anything has written it: {written.Node.Title} does not come before it.";
        var fix = written is null ? "Wire an output to it, or give the variable a value to begin with." : $"Connect {written.Node.Title} so that it runs first.";
        var code = written is null ? "unwritten-variable" : "read-before-write";
        if (reading.Input is { IsPort: true, Required: true }) found.Error(code, node.Id, reading.Field, message, fix);
        else found.Warn(code, node.Id, reading.Field, message, fix);
    }
}
