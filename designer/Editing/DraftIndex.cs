using Flows.Contract.Definitions;

namespace Flows.Designer.Editing;

/// <summary>Where each activity of a draft stands.</summary>
public sealed class DraftIndex
{
    private readonly Dictionary<string, (FlowActivity Activity, FlowActivity? Parent, string Slot)> _places = [];

    private readonly FreshIds _ids;

    public DraftIndex(FlowDefinition flow, FreshIds ids)
    {
        _ids = ids;
        if (flow.Root is { } root) Walk(root, null, "root");
    }

    public int Count => _places.Count;

    public IEnumerable<FlowActivity> All => _places.Values.Select(place => place.Activity);

    public FlowActivity? Find(string id) => _places.TryGetValue(id, out var place) ? place.Activity : null;

    /// <summary>The container that an activity stands in; null for the root.</summary>
    public FlowActivity? ParentOf(string id) => _places.TryGetValue(id, out var place) ? place.Parent : null;

    public string? SlotOf(string id) => _places.TryGetValue(id, out var place) ? place.Slot : null;

    public bool Has(string id) => _places.ContainsKey(id);

    /// <summary>A readable id that no node of this draft has or had.</summary>
    public string FreshId(string type) => _ids.Next(type);

    /// <summary>A node was added; saves reading the whole flow again.</summary>
    internal void Add(FlowActivity node, FlowActivity parent) => Walk(node, parent, "activities");

    private void Walk(FlowActivity top, FlowActivity? above, string place)
    {
        var open = new Stack<(FlowActivity, FlowActivity?, string)>([(top, above, place)]);
        while (open.TryPop(out var next))
        {
            var (activity, parent, slot) = next;
            _places.TryAdd(activity.Id, (activity, parent, slot));
            _ids.Take(activity.Id);
            foreach (var (childSlot, child) in activity.Children()) open.Push((child, activity, childSlot));
        }
    }
}
