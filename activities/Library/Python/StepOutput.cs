using Flows.Contract.Activities;

namespace Flows.Library.Python;

/// <summary>Takes a process's standard output and error into the step's log, and keeps its last words.</summary>
internal sealed class StepOutput(IStepLog log)
{
    private const int KeptErrors = 20;

    private readonly Queue<string> _errors = new();

    /// <summary>The last lines of standard error, oldest first; to be read once the pump has ended.</summary>
    public IReadOnlyList<string> LastErrors => [.. _errors];

    /// <summary>Ends when nobody holds the other ends any more.</summary>
    public Task PumpAsync(Stream output, Stream error) => Task.WhenAll(
        LogLines.PumpAsync(output, line => log.Write(LogLevel.Output, line)),
        LogLines.PumpAsync(error, Keep));

    /// <summary>Waits for the rest of what ended processes wrote; one that hid from its keeper's death may hold the other ends.</summary>
    public static async Task UntilReadAsync(Task pump, TimeProvider time)
    {
        try { await pump.WaitAsync(StepProcess.KillLimit, time); }
        catch (TimeoutException) { }
    }

    private void Keep(string line)
    {
        _errors.Enqueue(line);
        if (_errors.Count > KeptErrors) _errors.Dequeue();
        log.Write(LogLevel.ErrorOutput, line);
    }
}
