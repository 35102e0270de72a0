namespace Flows.Hub.Storage;

/// <summary>Runs' events, in order, durable before <see cref="AppendAsync"/> returns.</summary>
public interface IJournal : IAsyncDisposable
{
    /// <summary>Appends events to one run's journal; <paramref name="from"/> is the sequence of the first, from 0.</summary>
    /// <exception cref="JournalTaken">Another owner has written one of them.</exception>
    Task AppendAsync(string runId, long from, IReadOnlyList<byte[]> events);

    /// <summary>Events of a run, oldest first.</summary>
    /// <param name="from">Sequence of the first; 0 for all.</param>
    IReadOnlyList<byte[]> Read(string runId, long from = 0);

    /// <summary>Removes, in one transaction, at most so many events of runs that are over. Fewer than that: nothing of them is left.</summary>
    Task<int> ForgetAsync(IReadOnlyList<string> runIds, int most);
}
