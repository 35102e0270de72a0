using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Contract.Diff;

public enum MergeSide { Mine, Theirs }

/// <summary>A place that both sides changed, each to something else, or that one removed while the other used it.</summary>
/// <param name="Node">Id of the node; null for what belongs to the whole flow.</param>
/// <param name="Path">From the node (or the flow) to the place, joined by dots; empty when it is the whole node.</param>
/// <param name="Before">What both started from; null when it was not there.</param>
/// <param name="Mine">Null when this side took it away.</param>
public sealed record MergeConflict(string? Node, string Path, JsonNode? Before, JsonNode? Mine, JsonNode? Theirs)
{
    /// <summary>What is kept unless somebody chooses: what is there rather than what was taken away, else mine.</summary>
    public MergeSide Kept => Mine is null ? MergeSide.Theirs : MergeSide.Mine;

    /// <summary>The same conflict has the same key in another merge of the same flows.</summary>
    public string Key => $"{Node}/{Path}";
}

/// <param name="Flow">Both sides' changes; where they conflict, what was chosen.</param>
/// <param name="Renamed">New ids of nodes of mine whose id the other side had given to a new node of its own.</param>
public sealed record MergedFlow(FlowDefinition Flow, IReadOnlyList<MergeConflict> Conflicts, IReadOnlyDictionary<string, string> Renamed)
{
    public bool IsClean => Conflicts.Count == 0;
}

/// <summary>
/// Three-way merge of definitions by node, property and wire. What only one side changed is taken; what both changed alike is taken once;
/// everything else is a conflict, and nothing is lost: the caller sees both values. merge(b, b, x) = merge(b, x, b) = merge(b, x, x) = x.
/// </summary>
public static class FlowMerge
{
    /// <param name="choose">Which side a conflict goes to; without it <see cref="MergeConflict.Kept"/>.</param>
    public static MergedFlow Of(FlowDefinition before, FlowDefinition mine, FlowDefinition theirs, Func<MergeConflict, MergeSide>? choose = null)
    {
        if (JsonNode.DeepEquals(mine.Json, theirs.Json) || JsonNode.DeepEquals(before.Json, theirs.Json)) return Whole(mine);
        if (JsonNode.DeepEquals(before.Json, mine.Json)) return Whole(theirs);

        var conflicts = new List<MergeConflict>();
        MergeSide Choose(MergeConflict conflict)
        {
            conflicts.Add(conflict);
            return choose?.Invoke(conflict) ?? conflict.Kept;
        }
        var (ours, renamed) = FreshNames.For(before, mine, theirs);
        var json = new JsonMerge(Choose).Of(FlowPlace.Top, before.Json, ours.Json, theirs.Json);
        var merged = new FlowDefinition((JsonObject)json!);
        new LooseEnds(before, ours, theirs, Choose).Mend(merged);
        return new MergedFlow(merged, conflicts, renamed);
    }

    private static MergedFlow Whole(FlowDefinition flow) => new(flow.Clone(), [], new Dictionary<string, string>());
}
