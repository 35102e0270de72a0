namespace Flows.Contract.Activities;

/// <summary>
/// A built-in activity. One instance is made per execution; inputs and settings are set before
/// <see cref="RunAsync"/>, outputs are read after it. Throw <see cref="ActivityFault"/> for a mistake the flow's author can mend.
/// </summary>
public interface IActivity
{
    Task RunAsync(ActivityContext context, CancellationToken cancellation);
}

/// <summary>The step failed for a reason its author can act on; the message is shown as it is.</summary>
public sealed class ActivityFault(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>
/// What carried the step out was killed, through no fault of the step's: it is done anew as its next attempt, a bounded
/// number of times and beside the retries that its author asked for. The message says what was lost.
/// </summary>
public sealed class StepLost(string message) : Exception(message);
