using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Hub.Cache;

/// <summary>An activity's <c>customProperties.cache</c>: whether its results are kept and taken, and how old one may be.</summary>
internal sealed record CachePolicy(bool Enabled, TimeSpan? Ttl)
{
    public static CachePolicy Of(FlowActivity activity) => activity.CustomProperties["cache"] is JsonObject cache
        ? new CachePolicy(cache.Flag("enabled"), cache.Number("ttlSeconds") is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : null)
        : new CachePolicy(false, null);

    /// <summary>Null when the result is too old to be taken.</summary>
    public CachedResultRow? Fresh(CachedResultRow? row, DateTimeOffset now) => row is not null && (Ttl is not { } ttl || now - row.CreatedAt < ttl) ? row : null;
}
