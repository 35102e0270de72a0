using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Flows.Hub.Logs;

/// <summary>
/// How the program writes its log on the console: level and category, then what was said, on one line whatever a request brought
/// along, then what broke. <c>Logging:Console:FormatterName</c> chooses another of .NET's.
/// </summary>
public sealed class PlainConsole() : ConsoleFormatter(PlainConsole.Called)
{
    public const string Called = "plain";

    private const string Indent = "      ";

    public static void AddTo(ILoggingBuilder logging) => logging
        .AddConsole(console => console.FormatterName ??= Called)
        .AddConsoleFormatter<PlainConsole, ConsoleFormatterOptions>();

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        textWriter.WriteLine($"{Word(logEntry.LogLevel)}: {OneLine.Of(logEntry.Category)}[{logEntry.EventId.Id}]");
        if (logEntry.Formatter(logEntry.State, logEntry.Exception) is { Length: > 0 } said) textWriter.WriteLine(Indent + OneLine.Of(said));
        for (var broken = logEntry.Exception; broken is not null; broken = broken.InnerException) Write(broken, textWriter);
    }

    // A message holds what somebody sent; the stack is ours.
    private static void Write(Exception broken, TextWriter writer)
    {
        writer.WriteLine($"{Indent}{broken.GetType().FullName}: {OneLine.Of(broken.Message)}");
        foreach (var line in OneLine.Each(broken.StackTrace ?? "")) writer.WriteLine(Indent + line);
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
