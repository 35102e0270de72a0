using Flows.Contract.Triggers;
using Flows.Designer.Triggers;

namespace Flows.Designer.Canvas;

public sealed partial class EditorSession
{
    private Dictionary<string, (TriggerRecord Record, string Note)> _triggers = [];

    /// <summary>Whether anything in the flow starts it.</summary>
    public bool HasTriggers => Draft.Flow.Activities().Any(activity => Catalog.Find(activity.Type)?.IsTrigger == true);

    /// <summary>How a trigger stands; null while no version with it was published.</summary>
    public TriggerRecord? TriggerOf(string id) => _triggers.TryGetValue(id, out var known) ? known.Record : null;

    /// <summary>What a trigger's node says; null for every other node.</summary>
    public string? TriggerNote(CanvasNode node) => _triggers.TryGetValue(node.Id, out var known) ? known.Note
        : Catalog.Find(node.Type)?.OnlyStarts == true ? TriggerWords.Note(null, default) : null;

    public void ShowTriggers(IReadOnlyList<TriggerRecord> triggers, DateTimeOffset now)
    {
        var shown = triggers.ToDictionary(trigger => trigger.ActivityId, trigger => (trigger, TriggerWords.Note(trigger, now)));
        if (shown.Count == _triggers.Count && shown.All(one => _triggers.TryGetValue(one.Key, out var before) && before == one.Value)) return;
        _triggers = shown;
        Changed?.Invoke();
    }
}
