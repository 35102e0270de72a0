namespace Flows.Hub.Deployments;

/// <summary>Waits longer after each quick death: 0.1 s, 0.2 s, … up to 30 s. A life of 30 s begins anew.</summary>
internal sealed class BackOff(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(30);
    private TimeSpan _next = First;
    private long? _since;

    /// <summary>A life begins.</summary>
    public void Begin() => _since = time.GetTimestamp();

    public Task WaitAsync(CancellationToken cancellation)
    {
        if (_since is { } since && time.GetElapsedTime(since) >= Most) _next = First;
        var wait = _next;
        _next = _next * 2 < Most ? _next * 2 : Most;
        return Task.Delay(wait, time, cancellation);
    }
}
