using Flows.Hub.Storage;

namespace Flows.Hub.Logs;

/// <summary>What steps write: stored where every orchestrator reads it.</summary>
public static class LogsSlice
{
    public static IServiceCollection AddLogs(this IServiceCollection services, HubOptions options)
    {
        if (options.Storage is { } connection) services.AddSingleton<ILogStore>(_ => new LogRows(connection));
        else services.AddSingleton<ILogStore, LogFiles>();
        return services.AddSingleton<StepLogs>().AddSingleton<LogTail>();
    }
}
