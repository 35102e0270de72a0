using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Designer.Editing;

internal sealed partial class EditWork
{
    private string? AddNode(FlowEdit.AddNode add)
    {
        if (draft.Find(add.Flowchart) is not { } chart) return Missing(add.Flowchart);
        if (add.Node.Text("id") is not { Length: > 0 } id) return "A node needs an id.";
        if (draft.Index.Has(id)) return $"There is already a node '{id}'.";
        var node = (JsonObject)add.Node.DeepClone();
        Ledger.Add(Ledger.ListOf(chart.Json, "activities"), node);
        _touched.Add(id);
        draft.Index.Add(new FlowActivity(node), chart);
        return null;
    }

    private string? RemoveNodes(FlowEdit.RemoveNodes remove)
    {
        foreach (var id in remove.Ids)
            if (draft.Index.ParentOf(id) is null || draft.Index.SlotOf(id) != "activities") return draft.Index.Has(id) ? "The outermost node and embedded bodies cannot be removed here." : Missing(id);

        foreach (var id in remove.Ids) RemoveNode(id, remove.Heal);
        return null;
    }

    private void RemoveNode(string id, bool heal)
    {
        var chart = draft.Index.ParentOf(id)!;
        var healed = heal ? Healing(chart, id).ToList() : [];
        UnwireData(id);
        RemoveConnections(chart, connection => connection.Source == id || connection.Target == id);

        var list = Ledger.ListOf(chart.Json, "activities");
        for (var i = list.Count - 1; i >= 0; i--)
            if (list[i] is JsonObject json && json.Text("id") == id) Ledger.RemoveAt(list, i);
        _touched.Add(id);
        draft.Reindex();
        foreach (var connection in healed) Connect(connection.Source, connection.SourcePort, connection.Target);
    }

    private static IEnumerable<FlowConnection> Healing(FlowActivity chart, string id)
    {
        var connections = chart.Connections;
        return from before in connections
               where before.Target == id && before.Source != id
               from after in connections
               where after.Source == id && after.Target != id && after.Target != before.Source
               select before with { Target = after.Target };
    }

    private void RemoveConnections(FlowActivity chart, Func<FlowConnection, bool> which)
    {
        if (JsonReading.Unwrap(chart.Json["connections"]) is not JsonArray list) return;
        for (var i = list.Count - 1; i >= 0; i--)
            if (list[i] is JsonObject json && FlowConnection.Read(json) is { } connection && which(connection)) Ledger.RemoveAt(list, i);
    }

    private string? Connect(string source, string? port, string target)
    {
        if (ConnectionRules.Control(draft, source, port, target) is { } refusal) return refusal;
        var chart = draft.Index.ParentOf(source)!;
        Ledger.Add(Ledger.ListOf(chart.Json, "connections"), new FlowConnection(source, port, target, "In").ToJson());
        return null;
    }

    private string? Disconnect(FlowEdit.Disconnect wire)
    {
        if (draft.Index.ParentOf(wire.Source) is not { } chart) return Missing(wire.Source);
        RemoveConnections(chart, c => c.Source == wire.Source && c.Target == wire.Target && ConnectionRules.SamePort(c.SourcePort, wire.Port));
        return null;
    }
}
