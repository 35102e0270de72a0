namespace Flows.Hub.Runners;

/// <summary>Wakes those of this process who place, carry out or cancel jobs.</summary>
public sealed class JobSignals
{
    private readonly SemaphoreSlim _changed = new(0, 1);

    /// <summary>A job was cancelled: whoever carries it out ends it.</summary>
    public event Action<string>? Cancelled;

    /// <summary>Jobs were placed, or cancelled, at the runner of this name.</summary>
    public event Action<string>? Given;

    /// <summary>Jobs were placed together: whoever reaches their runner hands them over. On the thread that placed them, which does not wait.</summary>
    public event Action<JobChunk>? Placed;

    /// <summary>There may be something to place.</summary>
    public void Change()
    {
        // A burst of changes wakes once.
        lock (_changed)
        {
            if (_changed.CurrentCount == 0) _changed.Release();
        }
    }

    public Task ChangedAsync(TimeSpan atMost, CancellationToken cancellation) => _changed.WaitAsync(atMost, cancellation);

    public void Cancel(string stepJobId) => Cancelled?.Invoke(stepJobId);

    public void Give(string runner) => Given?.Invoke(runner);

    public void Hand(JobChunk chunk) => Placed?.Invoke(chunk);
}
