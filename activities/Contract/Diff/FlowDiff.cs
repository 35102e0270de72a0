using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Contract.Diff;

/// <summary>What is different between two definitions, in the words of flows: nodes, properties, places and wires rather than lines of JSON.</summary>
public sealed class FlowDiff
{
    private readonly List<FlowChange> _changes = [];
    private readonly HashSet<(string Node, string Port)> _rewired = [];

    private FlowDiff() { }

    /// <returns>Empty when both run and look the same; the order of lists and the stamps of a version do not count.</returns>
    public static IReadOnlyList<FlowChange> Between(FlowDefinition before, FlowDefinition after)
    {
        var diff = new FlowDiff();
        diff.CompareWires(FlowWire.Of(before).ToList(), FlowWire.Of(after).ToList());
        diff.Compare(FlowPlace.Top, before.Json, after.Json);
        return diff._changes;
    }

    private void Compare(FlowPlace at, JsonNode? before, JsonNode? after)
    {
        if (at.IsStamp || JsonNode.DeepEquals(before, after)) return;
        if (at.IsPosition && PointOf(after) is { } to) _changes.Add(new FlowChange.Moved(at.Node!, PointOf(before), to));
        else if (Both(before, after, AsObject) is var (one, other)) CompareObjects(at, one, other);
        else if (Both(before, after, node => JsonItems.Of(at.List, node)) is var (left, right)) CompareItems(at, left, right);
        else if (!IsWireEnd(at, before, after)) _changes.Add(new FlowChange.Changed(at.Node, at.Path, before?.DeepClone(), after?.DeepClone()));
    }

    private void CompareObjects(FlowPlace at, JsonObject before, JsonObject after)
    {
        foreach (var name in before.Select(p => p.Key).Union(after.Select(p => p.Key)))
            CompareOne(at.Property(name, after[name] ?? before[name]), before[name], after[name]);
    }

    private void CompareItems(FlowPlace at, IReadOnlyList<KeyValuePair<string, JsonNode>> before, IReadOnlyList<KeyValuePair<string, JsonNode>> after)
    {
        // Wires are compared as wires.
        if (at.List == "connections") return;
        var (old, now) = (before.ToDictionary(), after.ToDictionary());
        foreach (var key in old.Keys.Union(now.Keys))
        {
            var (one, other) = (old.GetValueOrDefault(key), now.GetValueOrDefault(key));
            CompareOne(at.Item(key, other ?? one), one, other);
        }
    }

    // A whole node that came or went is one change, with whatever stands in it.
    private void CompareOne(FlowPlace at, JsonNode? before, JsonNode? after)
    {
        if (before is null && NodeIn(after) is { } added) Each(added, node => _changes.Add(new FlowChange.NodeAdded(node.Id, node.Title)));
        else if (after is null && NodeIn(before) is { } removed) Each(removed, node => _changes.Add(new FlowChange.NodeRemoved(node.Id, node.Title)));
        else Compare(at, before, after);
    }

    private void CompareWires(List<FlowWire> before, List<FlowWire> after)
    {
        var gone = before.Except(after).ToList();
        foreach (var wire in gone.Concat(after.Except(before)).Where(wire => wire.IsData)) _rewired.UnionWith([(wire.Source, wire.SourcePort), (wire.Target, wire.TargetPort)]);
        var left = new GoneWires(gone);
        foreach (var wire in after.Except(before))
            _changes.Add(left.TakeLike(wire) is { } moved ? new FlowChange.Rewired(moved, wire) : new FlowChange.WireAdded(wire));
        _changes.AddRange(left.All.Select(wire => new FlowChange.WireRemoved(wire)));
    }

    private static void Each(FlowActivity top, Action<FlowActivity> act)
    {
        foreach (var node in top.SelfAndDescendants()) act(node);
    }

    // The wire says it already.
    private bool IsWireEnd(FlowPlace at, JsonNode? before, JsonNode? after) =>
        at.Node is { } node && _rewired.Contains((node, at.Path)) && (before is null || VariableUse.IsEnd(before)) && (after is null || VariableUse.IsEnd(after));

    private static FlowActivity? NodeIn(JsonNode? node) => node is JsonObject json && FlowActivity.IsActivity(json) ? new FlowActivity(json) : null;

    private static JsonObject? AsObject(JsonNode? node) => node is JsonObject json && !JsonItems.IsOneValue(json) ? json : null;

    private static (double, double)? PointOf(JsonNode? node) =>
        node is JsonObject json && json.Number("x") is { } x && json.Number("y") is { } y ? (x, y) : null;

    // What is not there compares as empty, so that each property that came is named.
    private static (T, T)? Both<T>(JsonNode? before, JsonNode? after, Func<JsonNode?, T?> read) where T : class
    {
        var (one, other) = (read(before), read(after));
        if (one is null && other is null) return null;
        return (one ?? (before is null ? read(Empty(after!)) : null)) is { } left && (other ?? (after is null ? read(Empty(before!)) : null)) is { } right ? (left, right) : null;
    }

    private static JsonNode Empty(JsonNode like) => like is JsonArray ? new JsonArray() : new JsonObject();
}
