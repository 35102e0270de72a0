using System.Text.Json.Nodes;
using Flows.Contract.Activities;

namespace Flows.Hub.Triggers.Watches;

/// <summary>A kind of thing outside that triggers watch.</summary>
public interface IWatchKind
{
    /// <summary>The trigger activity that it is for.</summary>
    string ActivityType { get; }

    /// <summary>What is wrong with a trigger's inputs, before anything is looked at.</summary>
    IReadOnlyList<PolicyProblem> ProblemsOf(JsonObject inputs);

    IWatch Open(WatchedTrigger trigger);
}

/// <summary>Watches something for one trigger.</summary>
public interface IWatch : IAsyncDisposable
{
    /// <summary>Compares what is there with what was seen; without anything seen it only takes note.</summary>
    /// <exception cref="WatchFault">It cannot be looked at now; it is tried again later.</exception>
    Task<Look> LookAsync(Seen seen, CancellationToken cancellation);

    /// <summary>Ends when another look is worth while: something was told, or time has passed.</summary>
    Task WaitAsync(CancellationToken cancellation);
}

/// <param name="Cursor">What was seen last; null before the first look.</param>
/// <param name="Revision">Counts looks that found something: part of the key of what may come again just the same.</param>
public sealed record Seen(JsonObject? Cursor, long Revision);

/// <param name="Cursor">What is seen now.</param>
/// <param name="Fire">Null when nothing has happened.</param>
/// <param name="IsMore">There is more to be found at once.</param>
public sealed record Look(JsonObject Cursor, Fire? Fire = null, bool IsMore = false);

/// <summary>What is watched cannot be looked at; the message is shown at the trigger.</summary>
public sealed class WatchFault(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>A trigger that is watched for.</summary>
public sealed record WatchedTrigger(TriggerKey Key, string ProjectId, JsonObject Inputs, DateTimeOffset Since, TriggerSecrets Secrets)
{
    /// <summary>A field that holds a secret: read when it is needed, from the flow or by its name.</summary>
    public Task<string?> SecretAsync(string field, CancellationToken cancellation) => Secrets.FindAsync(Key, ProjectId, field, cancellation);
}
