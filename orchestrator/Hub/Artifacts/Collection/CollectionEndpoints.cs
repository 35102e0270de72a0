using Flows.Hub.Web;

namespace Flows.Hub.Artifacts.Collection;

/// <summary>What an administrator does with the store as a whole.</summary>
internal static class CollectionEndpoints
{
    /// <summary>Removes what nothing names.</summary>
    /// <param name="dryRun">Only say what would be removed. Default: no.</param>
    /// <param name="olderThanHours">Least age of what is removed, from 1. Default 24.</param>
    public static Task<Collected> CollectAsync(bool? dryRun, double? olderThanHours, ArtifactCollection collection, CancellationToken cancellation) =>
        olderThanHours is { } hours && !(hours >= ArtifactCollection.LeastHours && hours <= 1_000_000)
            ? throw new RequestFault($"'olderThanHours' is at least {ArtifactCollection.LeastHours}: what is younger may be about to be named.", StatusCodes.Status422UnprocessableEntity)
            : collection.CollectAsync(dryRun ?? false, TimeSpan.FromHours(olderThanHours ?? ArtifactCollection.UsualHours), cancellation);

    /// <summary>Reads every artifact and names those whose bytes are no longer what they were.</summary>
    public static async Task<Verified> VerifyAsync(ArtifactStore store, CancellationToken cancellation)
    {
        var (count, damaged) = (0, new List<string>());
        await foreach (var one in store.ListAsync(cancellation))
        {
            count++;
            try { await store.VerifyAsync(one.Sha256, cancellation); }
            catch (ArtifactException broken) when (broken.Problem == ArtifactProblem.Damaged) { damaged.Add(one.Sha256); }
            catch (ArtifactException gone) when (gone.Problem == ArtifactProblem.Missing) { count--; }
        }
        return new Verified(count, damaged);
    }
}

/// <param name="Artifacts">How many there are.</param>
/// <param name="Damaged">Digests of those that are not what they were.</param>
public sealed record Verified(int Artifacts, IReadOnlyList<string> Damaged);
