namespace Flows.Contract.Definitions;

/// <summary>Which flow an activity stands for that names one by <c>workflowDefinitionId</c>.</summary>
public static class UsedFlow
{
    /// <summary>The version that it names by id, where that is one of this flow; else with no such name the one of its number; else what is published. Null when there is none.</summary>
    /// <param name="find">Finds a flow by definition id or by the id of a version; with a number that version of it where it is there.</param>
    public static T? Of<T>(FlowActivity activity, Func<string, int?, T?> find, Func<T, FlowDefinition> flowOf) where T : class
    {
        if (activity.WorkflowDefinitionId is not { } id) return null;
        if (activity.WorkflowDefinitionVersionId is not { } version) return find(id, activity.Json.Int("version"));
        return find(version, null) is { } named && flowOf(named).DefinitionId == id ? named : find(id, null);
    }
}
