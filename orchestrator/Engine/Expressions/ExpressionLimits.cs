namespace Flows.Engine.Expressions;

/// <summary>How much one expression may use.</summary>
public sealed record ExpressionLimits
{
    /// <summary>Longest evaluation. Default 2 s.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Bytes that an evaluation may allocate. Default 64 MB.</summary>
    public long Memory { get; init; } = 64L * 1024 * 1024;

    /// <summary>Statements that an evaluation may execute. Default 1,000,000.</summary>
    public int Statements { get; init; } = 1_000_000;

    /// <summary>Calls within calls. Default 200.</summary>
    public int Recursion { get; init; } = 200;

    /// <summary>Longest text that one call may make, in characters; longest array in elements. Default 10,000,000.</summary>
    public int Length { get; init; } = 10_000_000;
}
