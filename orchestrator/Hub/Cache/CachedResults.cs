using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Engine;
using Flows.Hub.Artifacts;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Cache;

/// <summary>Rows of cached results. A result is given out only while everything it refers to is still stored.</summary>
public sealed class CachedResults(IDbContextFactory<FlowsDb> databases, ArtifactStore artifacts, TimeProvider time)
{
    internal async Task<StepResult?> FindAsync(string project, string key, CachePolicy policy, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var now = time.GetUtcNow();
        var found = await db.Set<CachedResultRow>().AsNoTracking().FirstOrDefaultAsync(row => row.ProjectId == project && row.Key == key, cancellation);
        if (policy.Fresh(found, now) is not { } row) return null;
        var result = JsonSerializer.Deserialize<StepResult>(row.Result, ContractJson.Options)! with { CachedFrom = row.RunId };
        if (!await AreStoredAsync(result.Outputs, cancellation)) return null;
        if (now - row.TakenAt > TimeSpan.FromDays(1))
            await db.Set<CachedResultRow>().Where(one => one.ProjectId == project && one.Key == key).ExecuteUpdateAsync(set => set.SetProperty(one => one.TakenAt, now), cancellation);
        return result;
    }

    /// <summary>The newest result of a key takes the place of the one before.</summary>
    public async Task KeepAsync(CachedResultRow row, CancellationToken cancellation = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO cached_results ("ProjectId", "Key", "Author", "ActivityType", "RunId", "Result", "CreatedAt", "TakenAt")
            VALUES ({row.ProjectId}, {row.Key}, {row.Author}, {row.ActivityType}, {row.RunId}, {row.Result}, {row.CreatedAt.UtcTicks}, {row.TakenAt.UtcTicks})
            ON CONFLICT ("ProjectId", "Key") DO UPDATE SET "RunId" = excluded."RunId", "Result" = excluded."Result", "CreatedAt" = excluded."CreatedAt", "TakenAt" = excluded."TakenAt"
            """, cancellation);
    }

    /// <summary>Forgets, at most so many, what nobody took since. How many there were.</summary>
    public async Task<int> PruneAsync(DateTimeOffset takenBefore, int most, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var old = await db.Set<CachedResultRow>().Where(row => row.TakenAt < takenBefore).OrderBy(row => row.TakenAt).Select(row => row.Key).Take(most).ToListAsync(cancellation);
        return await db.Set<CachedResultRow>().Where(row => old.Contains(row.Key) && row.TakenAt < takenBefore).ExecuteDeleteAsync(cancellation);
    }

    private async Task<bool> AreStoredAsync(JsonNode? value, CancellationToken cancellation)
    {
        if (Artifact.From(value) is { } artifact) return await artifacts.HasAsync(artifact.Sha256, cancellation);
        IEnumerable<JsonNode?> inside = value switch { JsonObject json => json.Select(pair => pair.Value), JsonArray list => list, _ => [] };
        foreach (var one in inside)
        {
            if (!await AreStoredAsync(one, cancellation)) return false;
        }
        return true;
    }
}
