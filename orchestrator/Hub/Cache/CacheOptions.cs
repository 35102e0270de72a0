using System.ComponentModel.DataAnnotations;

namespace Flows.Hub.Cache;

/// <summary>Cached results, configuration <c>Cache</c>.</summary>
public sealed record CacheOptions
{
    /// <summary>Off: every step is carried out, and no result is kept for others. Default on.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Days after which a result is forgotten that nobody took, 1 to 3,650. Default 90.</summary>
    [Range(1, 3650)] public int KeepDays { get; init; } = 90;
}
