using Microsoft.JSInterop;

namespace Flows.Designer.Api;

/// <summary>Opens live event streams of the server; the browser's EventSource reconnects by itself.</summary>
public sealed class EventStreams(IJSRuntime js)
{
    /// <param name="path">Address of a server-sent event stream, relative to the base.</param>
    /// <param name="events">Names of the events to listen to.</param>
    /// <param name="received">Gets events in order, gathered for about one frame: (name, data).</param>
    public async Task<EventStream> OpenAsync(string path, IReadOnlyList<string> events, Func<IReadOnlyList<StreamEvent>, Task> received)
    {
        var module = await js.InvokeAsync<IJSObjectReference>("import", "./js/events.js");
        var stream = new EventStream(module, received);
        await stream.StartAsync(path, events);
        return stream;
    }
}

public sealed record StreamEvent(string Name, string Data);

/// <summary>One open stream; dispose it when the page leaves. Event <c>lost</c> (made here) says that the browser gave up.</summary>
public sealed class EventStream(IJSObjectReference module, Func<IReadOnlyList<StreamEvent>, Task> received) : IAsyncDisposable
{
    private DotNetObjectReference<EventStream>? _self;
    private IJSObjectReference? _source;

    internal async Task StartAsync(string path, IReadOnlyList<string> events)
    {
        _self = DotNetObjectReference.Create(this);
        _source = await module.InvokeAsync<IJSObjectReference>("open", path, events, _self);
    }

    [JSInvokable]
    public Task Received(StreamEvent[] events) => received(events);

    public async ValueTask DisposeAsync()
    {
        if (_source is not null) await _source.InvokeVoidAsync("close");
        _self?.Dispose();
        _self = null;
    }
}
