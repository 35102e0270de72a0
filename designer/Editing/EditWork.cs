using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Designer.Editing;

/// <summary>Carries one edit out on a draft: writes through the ledger, notes which activities it touched, or says why it cannot.</summary>
internal sealed partial class EditWork(FlowDraft draft)
{
    // What a server stamps on a version stays that of this draft.
    private static readonly HashSet<string> Stamps = ["id", "definitionId", "version", "createdAt", "isLatest", "isPublished"];
    private readonly HashSet<string> _touched = [];
    private bool _all, _more;

    public JsonLedger Ledger { get; } = new();

    public DraftChange Change => new(_all ? null : _touched, OnlyMoved: !_more);

    public string? Perform(FlowEdit edit)
    {
        _more |= edit is not (FlowEdit.MoveNodes or FlowEdit.Composite);
        return Carry(edit);
    }

    private string? Carry(FlowEdit edit) => edit switch
    {
        FlowEdit.AddNode add => AddNode(add),
        FlowEdit.RemoveNodes remove => RemoveNodes(remove),
        FlowEdit.MoveNodes move => MoveNodes(move),
        FlowEdit.Connect connect => Connect(connect.Source, connect.Port, connect.Target),
        FlowEdit.Disconnect disconnect => Disconnect(disconnect),
        FlowEdit.SetInput set => With(set.Id, json => Ledger.SetPath(json, [set.Name], set.Value?.DeepClone())),
        FlowEdit.SetTitle set => With(set.Id, json => Ledger.SetPath(json, ["metadata", "displayText"], set.Title.Length == 0 ? null : set.Title)),
        FlowEdit.SetProperty set => With(set.Id, json => SetProperty(json, set)),
        FlowEdit.BindData bind => BindData(bind),
        FlowEdit.UnbindData unbind => UnbindData(unbind.Target, unbind.Input),
        FlowEdit.AddVariable add => AddVariable(add.Variable),
        FlowEdit.ChangeVariable change => ChangeVariable(change),
        FlowEdit.RemoveVariable remove => RemoveVariable(remove.Id),
        FlowEdit.SetFlowField set => SetFlowField(set),
        FlowEdit.Paste paste => Perform(FlowFragment.AsEdits(paste, draft)),
        FlowEdit.Replace replace => Replace(replace.Flow),
        FlowEdit.Composite many => PerformAll(many),
        _ => throw new InvalidOperationException($"Unknown edit {edit.GetType().Name}."),
    };

    private string? PerformAll(FlowEdit.Composite many)
    {
        foreach (var edit in many.Edits)
            if (Perform(edit) is { } refusal) return refusal;
        return null;
    }

    private string? With(string id, Action<JsonObject> change)
    {
        if (draft.Find(id) is not { } activity) return Missing(id);
        _touched.Add(id);
        change(activity.Json);
        return null;
    }

    private void SetProperty(JsonObject json, FlowEdit.SetProperty set)
    {
        Ledger.SetPath(json, set.Path, set.Value?.DeepClone());
        // Only what is kept beside the ports and inputs is sure to hold no activity.
        if (set.Path[0] is not ("metadata" or "customProperties" or "name")) draft.Reindex();
    }

    private string? SetFlowField(FlowEdit.SetFlowField set)
    {
        Ledger.SetPath(draft.Flow.Json, set.Path, set.Value?.DeepClone());
        return null;
    }

    private string? Replace(JsonObject flow)
    {
        if (flow["root"] is not JsonObject root || root.Text("type") is null) return "A flow needs a 'root' activity with a 'type'.";
        var here = draft.Flow.Json;
        foreach (var name in here.Select(property => property.Key).Union(flow.Select(property => property.Key)).Where(name => !Stamps.Contains(name)).ToList())
        {
            if (!flow.ContainsKey(name)) Ledger.Remove(here, name);
            else if (!here.ContainsKey(name) || !JsonNode.DeepEquals(here[name], flow[name])) Ledger.Set(here, name, flow[name]?.DeepClone());
        }
        _all = true;
        draft.Reindex();
        return null;
    }

    private string? MoveNodes(FlowEdit.MoveNodes move)
    {
        foreach (var (id, to) in move.To)
        {
            var refusal = With(id, json => MoveTo(json, to.X, to.Y));
            if (refusal is not null) return refusal;
        }
        return null;
    }

    private void MoveTo(JsonObject json, double x, double y)
    {
        var position = Ledger.ObjectOf(Ledger.ObjectOf(Ledger.ObjectOf(json, "metadata"), "designer"), "position");
        Ledger.Set(position, "x", x);
        Ledger.Set(position, "y", y);
    }

    private static string Missing(string id) => $"There is no node '{id}' in this flow.";
}
