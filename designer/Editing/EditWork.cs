using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Designer.Editing;

/// <summary>Carries one edit out on a draft: writes through the ledger, notes which activities it touched, or says why it cannot.</summary>
internal sealed partial class EditWork(FlowDraft draft)
{
    private readonly HashSet<string> _touched = [];

    public JsonLedger Ledger { get; } = new();

    public IReadOnlySet<string> Touched => _touched;

    public string? Perform(FlowEdit edit) => edit switch
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
