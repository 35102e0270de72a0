using Flows.Contract.Definitions;

namespace Flows.Designer.Editing;

/// <summary>What may be wired to what; a refusal is a sentence for the person who drags the wire.</summary>
public static class ConnectionRules
{
    public static string? Control(FlowDraft draft, string source, string? port, string target)
    {
        if (!draft.Index.Has(source)) return $"There is no node '{source}' in this flow.";
        if (!draft.Index.Has(target)) return $"There is no node '{target}' in this flow.";
        if (source == target) return "A node cannot follow itself.";
        if (draft.Index.ParentOf(source) is not { IsFlowchart: true } chart) return "Only nodes of a flowchart can be connected.";
        if (draft.Index.ParentOf(target)?.Id != chart.Id) return "Wires stay inside one flowchart.";
        return chart.Connections.Any(c => c.Source == source && c.Target == target && SamePort(c.SourcePort, port))
            ? "These two are already connected."
            : null;
    }

    /// <summary>Structure only: whether the types fit is asked of <see cref="Flows.Contract.Activities.PortTypes"/> by who knows the ports.</summary>
    public static string? Data(FlowDraft draft, string source, string output, string target, string input)
    {
        if (source == target) return "A node cannot read its own output.";
        if (draft.Index.ParentOf(source)?.Id != draft.Index.ParentOf(target)?.Id) return "Wires stay inside one flowchart.";
        if (draft.Find(source)?.OutputTarget(output) is { } written && draft.Find(target)?.Input(input)?.VariableId == written)
            return "These two are already wired.";
        return FeedsInto(draft, target, source) ? "That would be a circle: the source already depends on this node's data." : null;
    }

    public static bool SamePort(string? one, string? other) => (one ?? "Done") == (other ?? "Done");

    /// <summary>Whether control can get from one node to the other.</summary>
    public static bool Leads(FlowDraft draft, string from, string to)
    {
        if (draft.Index.ParentOf(from) is not { } chart) return false;
        var next = chart.Connections.ToLookup(c => c.Source, c => c.Target);
        return Reaches(from, to, id => next[id]);
    }

    private static bool FeedsInto(FlowDraft draft, string from, string to)
    {
        if (draft.Index.ParentOf(from) is not { } chart) return false;
        var siblings = chart.Children().Select(child => child.Activity).ToList();
        var readers = siblings.SelectMany(a => DataWires.Reads(a).Select(read => (read.Variable, a.Id))).ToLookup(p => p.Variable, p => p.Id);
        var writes = siblings.SelectMany(a => DataWires.Writes(a).Select(write => (a.Id, write.Variable))).ToLookup(p => p.Id, p => p.Variable);
        return Reaches(from, to, id => writes[id].SelectMany(variable => readers[variable]).Where(reader => reader != id));
    }

    private static bool Reaches(string from, string to, Func<string, IEnumerable<string>> next)
    {
        var seen = new HashSet<string>();
        var open = new Queue<string>([from]);
        while (open.TryDequeue(out var id))
            foreach (var follower in next(id))
            {
                if (follower == to) return true;
                if (seen.Add(follower)) open.Enqueue(follower);
            }
        return false;
    }
}
