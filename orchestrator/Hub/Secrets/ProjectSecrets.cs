using Flows.Contract.Secrets;

namespace Flows.Hub.Secrets;

/// <summary>A project's secrets, wherever they are from: its own first, then those from outside.</summary>
public sealed class ProjectSecrets(SecretStore own, OutsideSecrets outside) : ISecrets
{
    public async ValueTask<string?> FindAsync(string projectId, string name, CancellationToken cancellation = default) =>
        await own.OpenAsync(projectId, name, cancellation) ?? outside.Find(name);

    /// <summary>Every name once, by the source that counts.</summary>
    public async Task<IReadOnlyList<SecretSummary>> ListAsync(string projectId, CancellationToken cancellation)
    {
        var stored = (await own.ListAsync(projectId, cancellation)).Select(row => new SecretSummary(row.Name, "stored")
        {
            Author = row.Author, CreatedAt = row.CreatedAt, ChangedAt = row.ChangedAt, UsedAt = row.UsedAt,
        });
        return [.. stored.Concat(outside.List()).DistinctBy(secret => secret.Name).OrderBy(secret => secret.Name, StringComparer.Ordinal)];
    }

    /// <summary>Those of the names that there are none of.</summary>
    public IReadOnlyList<string> Missing(string projectId, IReadOnlyCollection<string> names)
    {
        var known = own.Known(projectId, names);
        return [.. names.Where(name => !known.Contains(name) && outside.Find(name) is null)];
    }
}
