using Flows.Contract.Access;
using Flows.Designer.Controls;

namespace Flows.Designer.Access;

/// <summary>How an account stands, in a few words.</summary>
public static class PersonWords
{
    public static (string Text, string Tone) State(PersonSummary person) => person switch
    {
        { ClosedAt: not null } => ("Closed", "cancelled"),
        { LockedAt: not null } => ("Locked", "faulted"),
        { LockedUntil: not null } => ("Locked out", "suspended"),
        _ => ("Open", "completed"),
    };

    public static string? Why(PersonSummary person, DateTimeOffset now) => person switch
    {
        { ClosedAt: { } at } => $"Closed {Say.Moment(at)}",
        { LockedAt: { } at } => $"By an administrator, {Say.Ago(at, now)}: no sign-in, session or token opens it",
        { LockedUntil: { } until } => $"After five wrong tries, for {Say.Duration(until - now)} more",
        _ => null,
    };
}
