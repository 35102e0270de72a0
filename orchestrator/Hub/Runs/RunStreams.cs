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
        var live = host.Find(id);
        var news = live?.Feed.Watch();
        if (await runs.FindAsync(id, cancellation) is not { } record) throw new RequestFault($"There is no run '{id}'.", StatusCodes.Status404NotFound);
        var events = Begin(http);
        try
        {
            await events.SendAsync("record", 0, record, cancellation);
            if (news is not null)
            {
                await foreach (var item in news.ReadAllAsync(cancellation)) await events.SendAsync(item.Kind, item.Seq, item.Data, cancellation);
                if (await runs.FindAsync(id, cancellation) is { } last) await events.SendAsync("record", 0, last, cancellation);
            }
            if (host.Find(id) is null) await events.SendAsync("end", 0, new { }, cancellation);
        }
        finally
        {
            if (news is not null) live!.Feed.Leave(news);
        }
    }

    /// <summary>Lines so far as JSON, or with <c>Accept: text/event-stream</c> those and all that follow.</summary>
    public static async Task LogsAsync(string id, string? step, long? after, HttpContext http, RunHost host, RunStore store, Storage.DataFolder data, CancellationToken cancellation)
    {
        if (await store.FindAsync(id, cancellation) is null) throw new RequestFault($"There is no run '{id}'.", StatusCodes.Status404NotFound);
        var file = Path.Combine(data.Logs, id + ".jsonl");
        if (!http.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.Ordinal))
        {
            await http.Response.WriteAsJsonAsync(RunLog.Read(file, step, after ?? 0), ContractJson.Options, cancellation);
            return;
        }
        await FollowAsync(file, step, after ?? 0, host.Find(id), Begin(http), cancellation);
    }

    private static async Task FollowAsync(string file, string? step, long after, LiveRun? live, EventWriter events, CancellationToken cancellation)
    {
        var news = live?.Feed.Watch();
        try
        {
            foreach (var line in RunLog.Read(file, step, after)) await events.SendAsync("log", after = line.Seq, line, cancellation);
            if (news is null) return;
            await foreach (var item in news.ReadAllAsync(cancellation))
            {
                if (item.Data is LogLine line && line.Seq > after && (step is null || line.StepId == step)) await events.SendAsync("log", line.Seq, line, cancellation);
            }
        }
        finally
        {
            if (news is not null) live!.Feed.Leave(news);
        }
        await events.SendAsync("end", 0, new { }, cancellation);
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
