namespace Flows.Hub.Triggers;

/// <summary>What starts published flows: which of them starts by what, and when it did.</summary>
public static class TriggersSlice
{
    public static IServiceCollection AddTriggers(this IServiceCollection services) => services
        .AddSingleton<TriggerIndex>()
        .AddHostedService<TriggerRebuild>();
}
