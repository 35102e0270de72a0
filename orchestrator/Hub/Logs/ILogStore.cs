using Flows.Contract.Runs;

namespace Flows.Hub.Logs;

/// <summary>
/// Where lines of steps are kept: files of the data folder, or rows of a PostgreSQL that several orchestrators share. A run's
/// lines are numbered from 1 in the order in which they were stored.
/// </summary>
public interface ILogStore
{
    /// <summary>Stores lines in their order; a fault that passes is waited out. Once it ends every reader finds them.</summary>
    Task AppendAsync(IReadOnlyList<WrittenLine> lines, CancellationToken cancellation);

    /// <summary>Reads one run's lines from a number on, as they are stored.</summary>
    /// <param name="after">Number of the last line that is known; null: only what is stored from the first reading on.</param>
    ILogReader Read(string runId, long? after);

    /// <summary>Removes, in one transaction, at most so many pieces of the logs of runs that are over. Fewer than that: nothing of them is left.</summary>
    Task<int> ForgetAsync(IReadOnlyList<string> runIds, int most, CancellationToken cancellation);
}

/// <summary>A place in one run's log. Not for several readers at once.</summary>
public interface ILogReader : IDisposable
{
    /// <summary>The next lines, some at a time; none when everything was read that is stored by now.</summary>
    Task<IReadOnlyList<LogLine>> NextAsync(CancellationToken cancellation);
}

/// <param name="Json">The <see cref="LogLine"/>, whose number the store knows.</param>
public readonly record struct WrittenLine(string RunId, byte[] Json);
