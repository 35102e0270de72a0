using Flows.Contract.Triggers;
using Flows.Designer.Controls;

namespace Flows.Designer.Triggers;

/// <summary>How a trigger stands, in a few words.</summary>
public static class TriggerWords
{
    /// <summary>What its node says below its title.</summary>
    public static string Note(TriggerRecord? trigger, DateTimeOffset now) => trigger switch
    {
        null or { Enabled: false } => "Off: publish the flow",
        { Error: { } error } => error,
        { NextAt: { } next, LastFiredAt: { } last } => $"Next {Until(next, now)} · last {Say.Ago(last, now)}",
        { NextAt: { } next } => $"Next {Until(next, now)}",
        { LastFiredAt: { } last, LagSeconds: { } lag } => $"Fired {Say.Ago(last, now)}, lag {Say.Duration(TimeSpan.FromSeconds(lag))}",
        _ => "Waits for its first fire",
    };

    public static string Until(DateTimeOffset at, DateTimeOffset now) => at <= now ? "now" : "in " + Say.Duration(at - now);

    /// <summary>Colour and word of its state.</summary>
    public static (string Text, string Tone) State(TriggerRecord trigger) => trigger switch
    {
        { Enabled: false } => ("Off", "cancelled"),
        { Error: not null } => ("Trouble", "faulted"),
        { Active: > 0 } => ("Running", "running"),
        _ => ("On", "completed"),
    };
}
