namespace Flows.Hub.Triggers.Watches;

/// <summary>Waits for something to be told, or for time to pass.</summary>
internal sealed class WakeUp(TimeProvider time)
{
    // Never disposed: who tells may do so once more while the watch ends.
    private readonly SemaphoreSlim _told = new(0);

    public void Tell()
    {
        lock (_told)
        {
            if (_told.CurrentCount == 0) _told.Release();
        }
    }

    /// <summary>True when it was told.</summary>
    public async Task<bool> WaitAsync(TimeSpan longest, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var timer = time.CreateTimer(_ => over.Cancel(), null, longest, Timeout.InfiniteTimeSpan);
        try
        {
            await _told.WaitAsync(over.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested) { return false; }
    }
}
