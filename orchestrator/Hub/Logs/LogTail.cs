using Flows.Contract.Runs;
using Flows.Hub.Storage;

namespace Flows.Hub.Logs;

/// <summary>Reads logs as they grow, whichever orchestrator stores their lines.</summary>
public sealed class LogTail(ILogStore store, Signals signals)
{
    // Lines that another orchestrator stores are not told of here: they are looked for, less often in a run that is quiet.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RareLook = TimeSpan.FromSeconds(1);
    private const int FrequentLooks = 50;

    /// <inheritdoc cref="ILogStore.Read"/>
    public ILogReader Read(string runId, long? after) => store.Read(runId, after);

    /// <summary>Everything that is stored by now.</summary>
    public async IAsyncEnumerable<LogLine> ReadAllAsync(string runId, long after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        using var reader = store.Read(runId, after);
        while (await reader.NextAsync(cancellation) is { Count: > 0 } lines)
        {
            foreach (var line in lines) yield return line;
        }
    }

    /// <summary>Gives every line to <paramref name="take"/>, until the run is over and its last line was given.</summary>
    public async Task FollowAsync(string runId, ILogReader reader, Task over, Func<LogLine, Task> take, CancellationToken cancellation)
    {
        using var told = signals.Listen(StepLogs.Topic, runId);
        for (var looks = 0; ; looks++)
        {
            var isOver = over.IsCompleted;
            var lines = await reader.NextAsync(cancellation);
            foreach (var line in lines) await take(line);
            if (lines.Count > 0) looks = 0;
            else if (isOver) return;
            else await Task.WhenAny(told.WaitAsync(looks < FrequentLooks ? Look : RareLook, cancellation), over);
        }
    }
}
