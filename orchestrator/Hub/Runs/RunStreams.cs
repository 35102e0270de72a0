using Flows.Hub.Logs;
using Flows.Hub.Web;

namespace Flows.Hub.Runs;

/// <summary>Runs as server-sent events, at any orchestrator: a snapshot first, so that a watcher who comes late or again misses nothing.</summary>
internal static class RunStreams
{
    /// <param name="log">Number of the last line of the log that is known; absent: lines from now on.</param>
    public static async Task EventsAsync(string id, long? log, HttpContext http, RunReader runs, LogTail logs, CancellationToken cancellation)
    {
        if (!await runs.IsThereAsync(id, cancellation)) throw new RequestFault($"There is no run '{id}'.", StatusCodes.Status404NotFound);
        await EventWriter.UntilStoppedAsync(http, cancellation, (events, open) => TellAsync(id, log, (runs, logs), events, open));
    }

    private static async Task TellAsync(string id, long? log, (RunReader Runs, LogTail Logs) from, EventWriter events, CancellationToken cancellation)
    {
        using var reader = from.Logs.Read(id, log);
        // Its place before the snapshot: what is written after that is told.
        if (log is null) await reader.NextAsync(cancellation);
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var lines = from.Logs.FollowAsync(id, reader, over.Task, line => events.SendAsync("log", 0, line, cancellation), cancellation);
        try { await TellStepsAsync(id, from.Runs, events, cancellation); }
        finally
        {
            over.TrySetResult();
            await lines;
        }
        await events.SendAsync("end", 0, new { }, cancellation);
    }

    // A watcher that fell behind, or whose run went to another orchestrator, starts over with a snapshot on the same connection.
    private static async Task TellStepsAsync(string id, RunReader runs, EventWriter events, CancellationToken cancellation)
    {
        while (await runs.WatchedAsync(id, cancellation) is { } run)
        {
            var news = run.Feed.Watch();
            try
            {
                await events.SendAsync("record", 0, run.ToRecord(), cancellation);
                await foreach (var item in news.ReadAllAsync(cancellation)) await events.SendAsync(item.Kind, item.Seq, item.Data, cancellation);
            }
            finally { run.Feed.Leave(news); }
        }
        if (await runs.FindAsync(id, cancellation) is { } last) await events.SendAsync("record", 0, last, cancellation);
    }
}
