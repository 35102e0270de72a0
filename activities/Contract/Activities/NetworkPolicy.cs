namespace Flows.Contract.Activities;

/// <summary>Which addresses the requests of a step may reach.</summary>
/// <param name="IsGuarded">Only public addresses: none of this machine, its network or a cloud's metadata.</param>
public sealed record NetworkPolicy(bool IsGuarded)
{
    public static NetworkPolicy Open { get; } = new(false);

    /// <summary>Networks that may be reached all the same, as <c>10.1.2.0/24</c>.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];
}
