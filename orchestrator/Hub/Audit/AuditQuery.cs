namespace Flows.Hub.Audit;

/// <summary>Which rows of the log are asked for; what is absent does not narrow them.</summary>
/// <param name="After">Those behind this row.</param>
/// <param name="Before">Those ahead of this row.</param>
/// <param name="Actor">Of this person or program.</param>
/// <param name="Kind">About things of this kind, such as secret.</param>
/// <param name="Thing">About this thing.</param>
/// <param name="From">At this moment or later.</param>
/// <param name="Until">Earlier than this moment.</param>
/// <param name="Limit">1 to 1,000 rows, default 100.</param>
public sealed record AuditQuery(long? After, long? Before, string? Actor, string? Kind, string? Thing, DateTimeOffset? From, DateTimeOffset? Until, int? Limit)
{
    internal IQueryable<AuditRow> Of(IQueryable<AuditRow> rows)
    {
        if (After is { } after) rows = rows.Where(row => row.Seq > after);
        if (Before is { } before) rows = rows.Where(row => row.Seq < before);
        if (Actor is { Length: > 0 } actor) rows = rows.Where(row => row.Author == actor);
        if (Kind is { Length: > 0 } kind) rows = rows.Where(row => row.Kind == kind);
        if (Thing is { Length: > 0 } thing) rows = rows.Where(row => row.Thing == thing);
        if (From is { } from) rows = rows.Where(row => row.At >= from);
        if (Until is { } until) rows = rows.Where(row => row.At < until);
        return rows;
    }
}
