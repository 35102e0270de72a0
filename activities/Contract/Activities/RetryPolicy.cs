namespace Flows.Contract.Activities;

public enum Backoff { Constant, Exponential }

/// <summary>How often and when a faulted step is tried again.</summary>
/// <param name="Count">Attempts after the first, 1 to 100.</param>
public sealed record RetryPolicy(int Count)
{
    public const int MostRetries = 100;

    /// <summary>Seconds before the first retry, 0 or more.</summary>
    public double DelaySeconds { get; init; }

    /// <summary>Exponential doubles the delay with each retry.</summary>
    public Backoff Backoff { get; init; }

    /// <summary>Share of the delay, 0 to 1, by which it may be longer or shorter, so that many steps do not come back at once.</summary>
    public double Jitter { get; init; }

    /// <summary>Parts of messages, or patterns of them, that are worth a retry, in any letter case; empty for every fault.</summary>
    public IReadOnlyList<string> On { get; init; } = [];

    /// <param name="retry">1 for the first retry.</param>
    /// <param name="chance">0 up to 1, for the jitter.</param>
    public TimeSpan Delay(int retry, double chance)
    {
        var seconds = Backoff == Backoff.Exponential ? DelaySeconds * Math.Pow(2, retry - 1) : DelaySeconds;
        seconds *= 1 + Jitter * (2 * chance - 1);
        return TimeSpan.FromSeconds(Math.Clamp(seconds, 0, StepPolicy.LongestSeconds));
    }
}
