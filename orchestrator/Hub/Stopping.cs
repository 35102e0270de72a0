namespace Flows.Hub;

/// <summary>How a program's host is stopped. A part that did not stop in time is no failure: what it left is void, or is found by the next start.</summary>
public static class Stopping
{
    /// <summary>Ends when the host is stopped, or its parts had <see cref="HostOptions.ShutdownTimeout"/> to.</summary>
    public static async Task EvenIfLateAsync(Func<Task> stop)
    {
        try { await stop(); }
        catch (Exception late) when (IsLate(late)) { }
    }

    private static bool IsLate(Exception fault) =>
        fault is OperationCanceledException || fault is AggregateException several && several.Flatten().InnerExceptions.All(one => one is OperationCanceledException);
}
