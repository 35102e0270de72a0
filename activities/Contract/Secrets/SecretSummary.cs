namespace Flows.Contract.Secrets;

/// <summary>A secret as lists show it; its value is never read back.</summary>
/// <param name="Source"><c>stored</c>, <c>folder</c> or <c>environment</c>: where the server has it from.</param>
public sealed record SecretSummary(string Name, string Source)
{
    /// <summary>Who wrote its value last; null for one that the server was given from outside.</summary>
    public string? Author { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>To the minute; null when nobody used it yet, or it is from outside.</summary>
    public DateTimeOffset? UsedAt { get; init; }
}

/// <summary>Body of <c>PUT /api/secrets/{name}</c>.</summary>
public sealed class SecretValue
{
    /// <summary>4 to 32,768 characters.</summary>
    public string? Value { get; init; }
}
