namespace Flows.Contract.Activities;

/// <summary>Descriptors of the activities whose behaviour is the engine's own: Elsa's control flow.</summary>
public static class EngineActivities
{
    public static IReadOnlyList<ActivityDescriptor> Descriptors { get; } = [];
}
