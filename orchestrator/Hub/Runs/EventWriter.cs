using System.Text.Json;
using Flows.Contract;

namespace Flows.Hub.Runs;

/// <summary>Server-sent events, from several tasks.</summary>
internal sealed class EventWriter : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly HttpResponse _response;

    private EventWriter(HttpResponse response) => _response = response;

    /// <summary>Sends until it is done, the client leaves, or the server stops: that does not wait for those who watch, who come again and get a snapshot.</summary>
    public static async Task UntilStoppedAsync(HttpContext http, CancellationToken cancellation, Func<EventWriter, CancellationToken, Task> send)
    {
        var stopping = http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var open = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stopping);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-cache";
        using var events = new EventWriter(http.Response);
        try { await send(events, open.Token); }
        catch (OperationCanceledException) when (open.IsCancellationRequested) { }
    }

    /// <param name="seq">The event's id; 0 for none.</param>
    public async Task SendAsync(string kind, long seq, object data, CancellationToken cancellation)
    {
        var id = seq > 0 ? $"id: {seq}\n" : "";
        var text = $"event: {kind}\n{id}data: {JsonSerializer.Serialize(data, data.GetType(), ContractJson.Options)}\n\n";
        await _turn.WaitAsync(cancellation);
        try
        {
            await _response.WriteAsync(text, cancellation);
            await _response.Body.FlushAsync(cancellation);
        }
        finally { _turn.Release(); }
    }

    public void Dispose() => _turn.Dispose();
}
