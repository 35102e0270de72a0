namespace Flows.Hub.Storage;

/// <summary>
/// Tells every orchestrator of a database that there is something to look for. A signal may be lost and carries no
/// truth: whoever listens looks by the clock too.
/// </summary>
public class Signals
{
    private readonly Lock _gate = new();
    private readonly List<Listener> _listeners = [];

    /// <summary>Part of the transaction: the other orchestrators are told when it is committed.</summary>
    public virtual void Send(FlowsDb db, string topic, string text) { }

    /// <param name="text">Only what says this; null: everything of the topic.</param>
    public Listener Listen(string topic, string? text = null)
    {
        var listener = new Listener(this, topic, text);
        lock (_gate) _listeners.Add(listener);
        return listener;
    }

    /// <summary>Wakes who listens in this process.</summary>
    public void Wake(string topic, string text)
    {
        lock (_gate)
        {
            foreach (var listener in _listeners.Where(listener => listener.Hears(topic, text))) listener.Wake(text);
        }
    }

    /// <summary>Wakes one who waits; what comes while nobody waits wakes the next at once.</summary>
    public sealed class Listener(Signals signals, string topic, string? only) : IDisposable
    {
        private readonly SemaphoreSlim _woken = new(0, 1);

        /// <summary>What was said, each time.</summary>
        public event Action<string>? Told;

        /// <summary>Ends at the next signal, or after the time.</summary>
        public Task WaitAsync(TimeSpan longest, CancellationToken cancellation) => _woken.WaitAsync(longest, cancellation);

        internal bool Hears(string about, string text) => about == topic && (only is null || only == text);

        internal void Wake(string text)
        {
            Told?.Invoke(text);
            lock (_woken)
            {
                if (_woken.CurrentCount == 0) _woken.Release();
            }
        }

        public void Dispose()
        {
            lock (signals._gate) signals._listeners.Remove(this);
        }
    }
}
