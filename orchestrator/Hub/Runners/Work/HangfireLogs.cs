using Hangfire.Logging;
using LogLevel = Hangfire.Logging.LogLevel;

namespace Flows.Hub.Runners;

/// <summary>Hangfire has one log for all servers of a process: it goes on when the server that it belongs to has ended.</summary>
internal sealed class HangfireLogs(ILoggerFactory loggers) : ILogProvider
{
    public ILog GetLogger(string name)
    {
        try { return new Log(loggers.CreateLogger(name)); }
        catch (ObjectDisposedException) { return new Log(Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance); }
    }

    private sealed class Log(ILogger log) : ILog
    {
        bool ILog.Log(LogLevel level, Func<string>? message, Exception? broken)
        {
            if (level < LogLevel.Warn) return false;
            if (message is not null) log.LogWarning(broken, "{Message}", message());
            return true;
        }
    }
}
