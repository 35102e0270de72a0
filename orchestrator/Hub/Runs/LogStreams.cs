using Flows.Contract;
using Flows.Hub.Logs;
using Flows.Hub.Web;

namespace Flows.Hub.Runs;

/// <summary>What a run's steps wrote, at any orchestrator.</summary>
internal static class LogStreams
{
    /// <summary>Lines so far as JSON, or with <c>Accept: text/event-stream</c> those and all that follow.</summary>
    /// <param name="step">Only those of one step.</param>
    /// <param name="after">Number of the last line that is known; absent: from the first one.</param>
    public static async Task LogsAsync(string id, string? step, long? after, HttpContext http, RunReader runs, LogTail logs, CancellationToken cancellation)
    {
        if (!await runs.IsThereAsync(id, cancellation)) throw new RequestFault($"There is no run '{id}'.", StatusCodes.Status404NotFound);
        if (http.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.Ordinal))
            await EventWriter.UntilStoppedAsync(http, cancellation, (events, open) => FollowAsync(id, step, after ?? 0, (runs, logs), events, open));
        else
            await http.Response.WriteAsJsonAsync(logs.ReadAllAsync(id, after ?? 0, cancellation).Where(line => step is null || line.StepId == step), ContractJson.Options, cancellation);
    }

    private static async Task FollowAsync(string id, string? step, long after, (RunReader Runs, LogTail Logs) from, EventWriter events, CancellationToken cancellation)
    {
        using var reader = from.Logs.Read(id, after);
        await from.Logs.FollowAsync(id, reader, OverAsync(id, from.Runs, cancellation), line => step is null || line.StepId == step ? events.SendAsync("log", line.Seq, line, cancellation) : Task.CompletedTask, cancellation);
        await events.SendAsync("end", 0, new { }, cancellation);
    }

    private static async Task OverAsync(string id, RunReader runs, CancellationToken cancellation)
    {
        // Asked for again and again, so that a run of another orchestrator is followed meanwhile.
        while (await runs.WatchedAsync(id, cancellation) is { } run) await Task.WhenAny(run.Feed.Closed, Task.Delay(Following.BetweenAsks, cancellation));
    }
}
