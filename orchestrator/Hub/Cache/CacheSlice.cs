namespace Flows.Hub.Cache;

/// <summary>Results of steps, kept for later steps that would give the same.</summary>
public static class CacheSlice
{
    public static IServiceCollection AddCache(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<CacheOptions>().BindConfiguration("Cache").ValidateDataAnnotations();
        return services.AddSingleton<CachedResults>().AddSingleton<CacheKeys>().AddSingleton<StepCache>();
    }
}
