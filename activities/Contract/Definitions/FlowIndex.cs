namespace Flows.Contract.Definitions;

/// <summary>An activity with its place: the container around it and the slot it sits in.</summary>
public sealed class PlacedActivity(FlowActivity activity, PlacedActivity? parent, string slot, int order)
{
    public FlowActivity Activity { get; } = activity;

    /// <summary>Null for the root.</summary>
    public PlacedActivity? Parent { get; } = parent;

    /// <summary><c>root</c>, <c>activities</c>, <c>body</c>, …</summary>
    public string Slot { get; } = slot;

    /// <summary>Position among its parent's children, in the file's order.</summary>
    public int Order { get; } = order;

    public string Id => Activity.Id;

    /// <summary>Containers around it, innermost first.</summary>
    public IEnumerable<PlacedActivity> Ancestors()
    {
        for (var above = Parent; above is not null; above = above.Parent) yield return above;
    }
}

/// <summary>Every activity of a flow by id, in constant time. A picture of the moment: made anew after the flow changed.</summary>
public sealed class FlowIndex
{
    private readonly Dictionary<string, PlacedActivity> _byId = [];
    private readonly Dictionary<PlacedActivity, List<PlacedActivity>> _children = [];
    private readonly List<PlacedActivity> _all = [];

    public FlowIndex(FlowDefinition flow)
    {
        if (flow.Root is not { } root) return;
        var open = new Stack<PlacedActivity>([new PlacedActivity(root, null, "root", 0)]);
        while (open.TryPop(out var placed))
        {
            _all.Add(placed);
            _byId.TryAdd(placed.Id, placed);
            var children = placed.Activity.Children().Select((child, order) => new PlacedActivity(child.Activity, placed, child.Slot, order)).ToList();
            _children[placed] = children;
            for (var last = children.Count - 1; last >= 0; last--) open.Push(children[last]);
        }
    }

    /// <summary>Every activity, outermost first, each before its children; of two with the same id both.</summary>
    public IReadOnlyList<PlacedActivity> All => _all;

    /// <summary>The first activity with an id.</summary>
    public PlacedActivity? Find(string activityId) => _byId.GetValueOrDefault(activityId);

    public IReadOnlyList<PlacedActivity> ChildrenOf(PlacedActivity container) => _children.GetValueOrDefault(container) ?? [];
}
