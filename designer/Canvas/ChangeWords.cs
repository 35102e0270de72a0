using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Diff;

namespace Flows.Designer.Canvas;

/// <summary>Changes as a person would tell them.</summary>
public static class ChangeWords
{
    private const int Longest = 60;

    /// <param name="title">Title of a node by its id.</param>
    public static string Say(FlowChange change, Func<string, string> title) => change switch
    {
        FlowChange.NodeAdded added => $"{title(added.Id)} added",
        FlowChange.NodeRemoved removed => $"{title(removed.Id)} removed",
        FlowChange.Moved moved => $"{title(moved.Id)} moved",
        FlowChange.WireAdded { Wire: var wire } => $"{Wire(wire, title)} wired",
        FlowChange.WireRemoved { Wire: var wire } => $"{Wire(wire, title)} cut",
        FlowChange.Rewired rewired => $"{Wire(rewired.Before, title)} now {Wire(rewired.After, title)}",
        FlowChange.Changed changed => $"{(changed.Owner is { } owner ? title(owner) : "Flow")}: {Property(changed.Path)} {Value(changed.Before)} → {Value(changed.After)}",
        _ => "",
    };

    /// <summary>A whole sentence about what somebody did.</summary>
    /// <param name="title">Title of a node by its id.</param>
    public static string Tell(FlowChange change, Func<string, string> title) => change switch
    {
        FlowChange.NodeAdded added => $"“{title(added.Id)}” was added.",
        FlowChange.NodeRemoved removed => $"“{title(removed.Id)}” was removed.",
        FlowChange.Moved moved => $"“{title(moved.Id)}” was moved.",
        FlowChange.WireAdded { Wire: var wire } => $"“{title(wire.Source)}” was wired to “{title(wire.Target)}”.",
        FlowChange.WireRemoved { Wire: var wire } => $"The wire from “{title(wire.Source)}” to “{title(wire.Target)}” was cut.",
        FlowChange.Rewired { After: var wire } => $"A wire now leads from “{title(wire.Source)}” to “{title(wire.Target)}”.",
        FlowChange.Changed { Path: "metadata.displayText", Owner: not null } named when named.After is not null => $"The title {(named.Before is null ? "" : $"“{Value(named.Before)}” ")}was changed to “{Value(named.After)}”.",
        FlowChange.Changed changed => $"{Capital(Property(changed.Path))} of {(changed.Owner is { } owner ? $"“{title(owner)}”" : "the flow")} was {(changed.After is null ? "taken away" : $"set to “{Value(changed.After)}”")}.",
        _ => "",
    };

    /// <summary>How a change is coloured: <c>added</c>, <c>removed</c>, <c>changed</c> or <c>moved</c>.</summary>
    public static string Tone(FlowChange change) => change switch
    {
        FlowChange.NodeAdded or FlowChange.WireAdded => "added",
        FlowChange.NodeRemoved or FlowChange.WireRemoved => "removed",
        FlowChange.Moved => "moved",
        _ => "changed",
    };

    /// <summary>Variables that only carry what a wire hands on are told by the wire.</summary>
    public static bool IsWorthTelling(FlowChange change) => change is not FlowChange.Changed { Owner: null, Path: var path } || !path.StartsWith("variables.wire-", StringComparison.Ordinal);

    public static string Property(string path) => path switch
    {
        "metadata.displayText" => "title",
        "metadata.description" => "description",
        _ => path.Replace("customProperties.", "", StringComparison.Ordinal),
    };

    /// <summary>An expression by its text, everything else as JSON, both shortened.</summary>
    public static string Value(JsonNode? value)
    {
        var text = value is JsonObject json && json["expression"] is not null ? FlowInput.Read(json)?.Value.AsText() : value.AsText();
        if (text is null) return "nothing";
        var line = text.ReplaceLineEndings(" ");
        return line.Length > Longest ? line[..Longest] + "…" : line.Length == 0 ? "empty" : line;
    }

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private static string Wire(FlowWire wire, Func<string, string> title) => $"{title(wire.Source)} · {wire.SourcePort} → {title(wire.Target)}{(wire.IsData ? $" · {wire.TargetPort}" : "")}";
}
