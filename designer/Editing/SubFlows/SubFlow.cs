using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Designer.Editing.SubFlows;

/// <summary>Nodes of a flow as a flow of their own, and the flow with one node in their place.</summary>
/// <param name="Made">The new flow.</param>
/// <param name="Edit">What makes the caller of it: undone as one.</param>
/// <param name="CallId">The node that stands in place of the others.</param>
public sealed record SubFlow(FlowDefinition Made, FlowEdit Edit, string CallId)
{
    /// <summary>Says why not when the nodes cannot be taken out without changing what the flow does.</summary>
    public static (SubFlow? Made, string? Refusal) Of(FlowDraft draft, IReadOnlyCollection<string> ids, FlowDefinition empty, ActivityCatalog catalog)
    {
        var chosen = ids.Distinct().Select(draft.Find).OfType<FlowActivity>().ToList();
        if (chosen.Count == 0) return (null, "Select the nodes that become a flow of their own.");
        if (chosen.FirstOrDefault(activity => draft.Index.SlotOf(activity.Id) != "activities") is not null || draft.Index.ParentOf(chosen[0].Id) is not { IsFlowchart: true } chart
            || chosen.Any(activity => draft.Index.ParentOf(activity.Id)!.Id != chart.Id)) return (null, "Only nodes of one flowchart become a flow of their own.");
        var crossing = new Crossing(chart, chosen, catalog);
        var values = new CrossingValues(draft, chosen);
        return (Fixed(chosen, catalog) ?? crossing.Refusal(Title) ?? values.Refusal(Title)) is { } refusal
            ? (null, refusal)
            : (new SubFlowMaking(draft, chart, chosen, crossing, values).Make(empty, crossing.Outcomes(Title)), null);

        string Title(string id) => draft.Find(id)?.Title ?? id;
    }

    // What would mean something else in another flow.
    private static string? Fixed(List<FlowActivity> chosen, ActivityCatalog catalog)
    {
        if (chosen.Find(activity => activity.CanStartWorkflow || catalog.Find(activity.Type)?.OnlyStarts == true) is { } trigger) return $"{trigger.Title} starts this flow and stays in it.";
        var ending = chosen.SelectMany(activity => activity.SelfAndDescendants()).FirstOrDefault(activity => activity.Type is "Elsa.End" or "Elsa.Complete")
            ?? chosen.Find(activity => activity.Type == "Elsa.Break");
        return ending is null ? null : $"{ending.Title} ends this flow, and would only end the new one.";
    }
}
