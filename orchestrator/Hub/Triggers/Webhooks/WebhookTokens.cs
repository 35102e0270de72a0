using System.Buffers.Text;
using System.Security.Cryptography;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Triggers.Webhooks;

/// <summary>Tokens of webhooks' addresses: 256 random bits, kept as a digest.</summary>
public sealed class WebhookTokens(IDbContextFactory<FlowsDb> databases, RunStore store, TimeProvider time)
{
    private const int Bytes = 32;

    /// <summary>A new token in place of an earlier one, which is known no more.</summary>
    public async Task<string> IssueAsync(TriggerStateRow trigger)
    {
        var (token, now) = (Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes)), time.GetUtcNow());
        await store.WriteAsync(db =>
        {
            db.Set<WebhookRow>().Where(row => row.DefinitionId == trigger.DefinitionId && row.ActivityId == trigger.ActivityId).ExecuteDelete();
            db.Add(new WebhookRow { DefinitionId = trigger.DefinitionId, ActivityId = trigger.ActivityId, TokenHash = RunStore.Digest(token), CreatedAt = now, ProjectId = trigger.ProjectId, Author = trigger.Author });
            db.SaveChanges();
            db.ChangeTracker.Clear();
        });
        return token;
    }

    // Looked up by its digest: how long that takes tells nothing about any token.
    public async Task<TriggerKey?> FindAsync(string token, CancellationToken cancellation)
    {
        if (token.Length is < 16 or > 200) return null;
        var hash = RunStore.Digest(token);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<WebhookRow>().AsNoTracking().FirstOrDefaultAsync(row => row.TokenHash == hash, cancellation) is { } row ? new TriggerKey(row.DefinitionId, row.ActivityId) : null;
    }
}
