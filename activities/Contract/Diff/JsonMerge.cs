using System.Text.Json.Nodes;

namespace Flows.Contract.Diff;

/// <summary>Merges three versions of a JSON tree: objects by property, lists of known things by thing, everything else as one value.</summary>
internal sealed class JsonMerge(Func<MergeConflict, MergeSide> choose)
{
    private static readonly JsonObject NoObject = [];

    /// <summary>Null stands for what is not there.</summary>
    public JsonNode? Of(FlowPlace at, JsonNode? before, JsonNode? mine, JsonNode? theirs)
    {
        if (JsonNode.DeepEquals(mine, theirs) || JsonNode.DeepEquals(before, theirs)) return mine?.DeepClone();
        if (JsonNode.DeepEquals(before, mine) || at.IsStamp) return theirs?.DeepClone();
        if (mine is JsonObject one && theirs is JsonObject other && !JsonItems.IsOneValue(one) && !JsonItems.IsOneValue(other))
            return Objects(at, before as JsonObject ?? NoObject, one, other);
        if (JsonItems.Of(at.List, mine) is { } left && JsonItems.Of(at.List, theirs) is { } right && JsonItems.Of(at.List, before ?? new JsonArray()) is { } first)
            return Lists(at, first, left, right);
        var side = choose(new MergeConflict(at.Node, at.Path, before?.DeepClone(), mine?.DeepClone(), theirs?.DeepClone()));
        return (side == MergeSide.Mine ? mine : theirs)?.DeepClone();
    }

    private JsonObject Objects(FlowPlace at, JsonObject before, JsonObject mine, JsonObject theirs)
    {
        var merged = new JsonObject();
        foreach (var name in Order([.. before.Select(Key)], [.. mine.Select(Key)], [.. theirs.Select(Key)]))
        {
            var value = Of(at.Property(name, mine[name] ?? theirs[name]), before[name], mine[name], theirs[name]);
            // Elsa writes nulls: one that is there stays.
            if (value is not null || (mine.ContainsKey(name) && theirs.ContainsKey(name))) merged[name] = value;
        }
        return merged;
    }

    private JsonArray Lists(FlowPlace at, IReadOnlyList<KeyValuePair<string, JsonNode>> before, IReadOnlyList<KeyValuePair<string, JsonNode>> mine, IReadOnlyList<KeyValuePair<string, JsonNode>> theirs)
    {
        var (old, one, other) = (before.ToDictionary(), mine.ToDictionary(), theirs.ToDictionary());
        var merged = new JsonArray();
        foreach (var key in Order([.. before.Select(i => i.Key)], [.. mine.Select(i => i.Key)], [.. theirs.Select(i => i.Key)]))
        {
            var (b, m, t) = (old.GetValueOrDefault(key), one.GetValueOrDefault(key), other.GetValueOrDefault(key));
            if (Of(at.Item(key, m ?? t ?? b), b, m, t) is { } item) merged.Add(item);
        }
        return merged;
    }

    /// <summary>The order of the side that changed it, each thing of the other side's own behind the one it followed there.</summary>
    private static List<string> Order(IReadOnlyList<string> before, IReadOnlyList<string> mine, IReadOnlyList<string> theirs)
    {
        var (lead, other) = SameOrder(before, mine) ? (theirs, mine) : (mine, theirs);
        var order = new LinkedList<string>(lead);
        var places = new Dictionary<string, LinkedListNode<string>>();
        for (var place = order.First; place is not null; place = place.Next) places.TryAdd(place.Value, place);
        LinkedListNode<string>? last = null;
        foreach (var key in other)
        {
            if (!places.TryGetValue(key, out var place)) places[key] = place = last is null ? order.AddFirst(key) : order.AddAfter(last, key);
            last = place;
        }
        return [.. order];
    }

    private static bool SameOrder(IReadOnlyList<string> before, IReadOnlyList<string> now)
    {
        var (old, kept) = (before.ToHashSet(), now.ToHashSet());
        return before.Where(kept.Contains).SequenceEqual(now.Where(old.Contains));
    }

    private static string Key(KeyValuePair<string, JsonNode?> property) => property.Key;
}
