using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Hub.Web;

namespace Flows.Hub.Runs;

/// <summary>Runs as server-sent events: a snapshot first, so that a watcher who comes late or again misses nothing.</summary>
internal static class RunStreams
{
    public static async Task EventsAsync(string id, HttpContext http, RunReader runs, RunHost host, CancellationToken cancellation)
    {
        if (await runs.FindAsync(id, cancellation) is null) throw NoRun(id);
        await UntilStoppedAsync(http, cancellation, (events, open) => RecordAsync(id, runs, host, events, open));
    }

    /// <summary>Lines so far as JSON, or with <c>Accept: text/event-stream</c> those and all that follow.</summary>
    public static async Task LogsAsync(string id, string? step, long? after, HttpContext http, RunHost host, RunStore store, Storage.DataFolder data, CancellationToken cancellation)
    {
        if (await store.FindAsync(id, cancellation) is null) throw NoRun(id);
        var file = Path.Combine(data.Logs, id + ".jsonl");
        if (http.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.Ordinal))
            await UntilStoppedAsync(http, cancellation, (events, open) => FollowAsync(id, file, (step, after ?? 0), host, events, open));
        else await http.Response.WriteAsJsonAsync(RunLog.Read(file, step, after ?? 0), ContractJson.Options, cancellation);
    }

    // A watcher that fell behind starts over with a snapshot, on the same connection.
    private static async Task RecordAsync(string id, RunReader runs, RunHost host, EventWriter events, CancellationToken cancellation)
    {
        while (host.Find(id) is { } live)
        {
            var news = live.Feed.Watch();
            try
            {
                await events.SendAsync("record", 0, live.ToRecord(), cancellation);
                await foreach (var item in news.ReadAllAsync(cancellation)) await events.SendAsync(item.Kind, item.Seq, item.Data, cancellation);
            }
            finally { live.Feed.Leave(news); }
        }
        if (await runs.FindAsync(id, cancellation) is { } last) await events.SendAsync("record", 0, last, cancellation);
        await events.SendAsync("end", 0, new { }, cancellation);
    }

    private static async Task FollowAsync(string id, string file, (string? Step, long After) from, RunHost host, EventWriter events, CancellationToken cancellation)
    {
        while (host.Find(id) is { } live)
        {
            var news = live.Feed.Watch();
            try
            {
                await SendFileAsync();
                await foreach (var item in news.ReadAllAsync(cancellation))
                    if (item.Data is LogLine line && line.Seq > from.After && (from.Step is null || line.StepId == from.Step)) await SendAsync(line);
            }
            finally { live.Feed.Leave(news); }
        }
        await SendFileAsync();
        await events.SendAsync("end", 0, new { }, cancellation);

        async Task SendFileAsync()
        {
            foreach (var line in RunLog.Read(file, from.Step, from.After)) await SendAsync(line);
        }

        Task SendAsync(LogLine line)
        {
            from.After = line.Seq;
            return events.SendAsync("log", line.Seq, line, cancellation);
        }
    }

    private static RequestFault NoRun(string id) => new($"There is no run '{id}'.", StatusCodes.Status404NotFound);

    // A server that stops does not wait for those who watch: they come again and get a snapshot.
    private static async Task UntilStoppedAsync(HttpContext http, CancellationToken cancellation, Func<EventWriter, CancellationToken, Task> send)
    {
        var stopping = http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var open = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stopping);
        try { await send(Begin(http), open.Token); }
        catch (OperationCanceledException) when (open.IsCancellationRequested) { }
    }

    private static EventWriter Begin(HttpContext http)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-cache";
        return new EventWriter(http.Response);
    }

    private sealed class EventWriter(HttpResponse response)
    {
        public async Task SendAsync(string kind, long seq, object data, CancellationToken cancellation)
        {
            var id = seq > 0 ? $"id: {seq}\n" : "";
            await response.WriteAsync($"event: {kind}\n{id}data: {JsonSerializer.Serialize(data, data.GetType(), ContractJson.Options)}\n\n", cancellation);
            await response.Body.FlushAsync(cancellation);
        }
    }
}
