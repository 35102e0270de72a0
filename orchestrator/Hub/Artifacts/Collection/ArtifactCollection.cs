using Flows.Contract.Runs;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Artifacts.Collection;

/// <summary>
/// Removes artifacts that nothing names: no record, journal, file of a flow, data set, model, deployment or cached result, and no folder
/// that one of these names. What was stored or read lately stays whatever names it: its record may be about to be written.
/// </summary>
public sealed class ArtifactCollection(ArtifactStore store, NamedDigests named, IDbContextFactory<FlowsDb> databases, TimeProvider time)
{
    /// <summary>Least and usual age of what is removed, in hours.</summary>
    public const double LeastHours = 1, UsualHours = 24;

    private const int Examples = 20;

    private readonly SemaphoreSlim _turn = new(1);

    /// <param name="isTrial">Nothing is removed: it is only said what would be.</param>
    /// <exception cref="RequestFault">409: the store is a bucket and runs are under way.</exception>
    public async Task<Collected> CollectAsync(bool isTrial, TimeSpan age, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try { return await CollectedAsync(isTrial, time.GetUtcNow() - age, cancellation); }
        finally { _turn.Release(); }
    }

    private async Task<Collected> CollectedAsync(bool isTrial, DateTimeOffset before, CancellationToken cancellation)
    {
        if (!isTrial) await DemandRestAsync(cancellation);
        var stored = new Dictionary<string, StoredArtifact>();
        await foreach (var one in store.ListAsync(cancellation)) stored[one.Sha256] = one;
        var (reached, damaged) = await ReachedAsync(stored, cancellation);
        var free = stored.Values.Where(one => !reached.Contains(one.Sha256) && one.Stored < before).OrderBy(one => one.Stored).ToList();
        var kept = stored.Count - free.Count;
        if (!isTrial) free = await RemovedAsync(free, before, cancellation);
        return new Collected(free.Count, free.Sum(one => one.Size), kept, isTrial) { Examples = [.. free.Take(Examples).Select(one => one.Sha256)], Damaged = damaged };
    }

    // Digests that are named, then those that folders among them name.
    private async Task<(HashSet<string> Reached, List<string> Damaged)> ReachedAsync(Dictionary<string, StoredArtifact> stored, CancellationToken cancellation)
    {
        var (reached, open, damaged) = (new HashSet<string>(), new Queue<string>(), new List<string>());
        await foreach (var digest in named.AllAsync(cancellation))
        {
            if (stored.ContainsKey(digest) && reached.Add(digest)) open.Enqueue(digest);
        }
        while (open.TryDequeue(out var digest))
        {
            if (!await store.IsFolderAsync(digest, cancellation)) continue;
            var entries = await EntriesAsync(digest, cancellation);
            if (entries is null) damaged.Add(digest);
            foreach (var entry in entries ?? DigestScan.Perhaps(await store.RemainsAsync(digest, cancellation), stored.Keys))
            {
                if (reached.Add(entry)) open.Enqueue(entry);
            }
        }
        return (reached, damaged);
    }

    // Whatever it is, if it begins like a folder's manifest it is read as text. Null: it is damaged, and still holds whatever it may have named.
    private async Task<IEnumerable<string>?> EntriesAsync(string sha256, CancellationToken cancellation)
    {
        try { return DigestScan.In(await File.ReadAllBytesAsync(await store.VerifiedPathAsync(sha256, cancellation), cancellation)); }
        catch (ArtifactException damaged) when (damaged.Problem == ArtifactProblem.Damaged) { return null; }
    }

    // Somebody may have stored or read the same bytes meanwhile, which makes them new again.
    private async Task<List<StoredArtifact>> RemovedAsync(List<StoredArtifact> free, DateTimeOffset before, CancellationToken cancellation)
    {
        var removed = new List<StoredArtifact>();
        foreach (var one in free)
        {
            if (File.Exists(store.PathOf(one.Sha256)) && !store.IsBucket && File.GetLastWriteTimeUtc(store.PathOf(one.Sha256)) >= before.UtcDateTime) continue;
            await store.DeleteAsync(one.Sha256, cancellation);
            removed.Add(one);
        }
        return removed;
    }

    // What a bucket has is not sent again, so that its age says nothing: nobody may be about to name it.
    private async Task DemandRestAsync(CancellationToken cancellation)
    {
        if (!store.IsBucket) return;
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.Set<RunRow>().AnyAsync(run => run.Status == RunStatus.Running, cancellation))
            throw new RequestFault("Runs are under way, which may be about to use what is removed from the bucket. Collect when none is.", StatusCodes.Status409Conflict);
    }
}

/// <summary>What a collection removed, or would remove.</summary>
/// <param name="Bytes">Of all of them.</param>
/// <param name="Kept">Artifacts that stay.</param>
/// <param name="IsTrial">Nothing was removed.</param>
public sealed record Collected(int Artifacts, long Bytes, int Kept, bool IsTrial)
{
    /// <summary>Digests of the oldest of them, at most 20.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>Digests of folders that are not what they were; whatever they may have held stays.</summary>
    public IReadOnlyList<string> Damaged { get; init; } = [];
}
