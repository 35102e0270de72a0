using Flows.Contract.Activities;

namespace Flows.Designer.Palette;

/// <summary>Finds activities by what a person types: the start of the name first, then anywhere in name, category or description.</summary>
public static class ActivitySearch
{
    // Ours first, then the order of a flow's life; the rest by name.
    private static readonly string[] Order = ["Data", "Data preparation", "Training", "Models", "Deployment", "Branching", "Looping", "Values", "Flow", "Time", "Control", "Events", "Containers"];

    public static IReadOnlyList<ActivityDescriptor> Find(IEnumerable<ActivityDescriptor> all, string text) =>
        [.. from activity in all
            let rank = Rank(activity, text.Trim())
            where rank < 9
            orderby rank, Place(activity.Category), activity.DisplayName
            select activity];

    public static IReadOnlyList<IGrouping<string, ActivityDescriptor>> Groups(IEnumerable<ActivityDescriptor> found) =>
        [.. found.GroupBy(activity => activity.Category).OrderBy(group => Place(group.Key)).ThenBy(group => group.Key)];

    private static int Place(string category) => Array.IndexOf(Order, category) is var at and >= 0 ? at : Order.Length;

    private static int Rank(ActivityDescriptor activity, string text)
    {
        if (text.Length == 0 || activity.DisplayName.StartsWith(text, StringComparison.OrdinalIgnoreCase)) return 0;
        if (activity.DisplayName.Split(' ').Any(word => word.StartsWith(text, StringComparison.OrdinalIgnoreCase))) return 1;
        if (activity.DisplayName.Contains(text, StringComparison.OrdinalIgnoreCase) || activity.Type.Contains(text.Replace(" ", ""), StringComparison.OrdinalIgnoreCase)) return 2;
        return activity.Category.Contains(text, StringComparison.OrdinalIgnoreCase) || activity.Description.Contains(text, StringComparison.OrdinalIgnoreCase) ? 3 : 9;
    }
}
