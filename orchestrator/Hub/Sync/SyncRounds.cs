using Flows.Hub.Storage;

namespace Flows.Hub.Sync;

/// <summary>
/// Spares a watch the start of a server each round: when a round had nothing to send and nobody wrote into the data folder since, there is
/// nothing in the next one either. What ended while such a round looked is found a minute later at the latest.
/// </summary>
internal sealed class SyncRounds(TimeProvider time)
{
    private static readonly TimeSpan LongestSkip = TimeSpan.FromMinutes(1);

    private string? _known;
    private long _lookedAt;

    /// <summary>Whoever owns the folder is asked in any case: what it wrote last may not be in a file yet.</summary>
    public bool HasNothingNew(string data) => _known is not null && time.GetElapsedTime(_lookedAt) < LongestSkip && DataFolder.OwnerOf(data) is null && _known == State(data);

    /// <param name="isAll">The round sent nothing and was refused nothing.</param>
    public void Note(string data, bool isAll) => (_known, _lookedAt) = (isAll ? State(data) : null, time.GetTimestamp());

    private static string State(string data) => string.Join('\n', new DirectoryInfo(data).EnumerateFiles("*.db*").Select(file => $"{file.Name} {file.Length} {file.LastWriteTimeUtc.Ticks}").Order(StringComparer.Ordinal));
}
