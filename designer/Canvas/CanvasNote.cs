using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Designer.Canvas;

/// <summary>A note on the canvas, in Markdown. Kept in the container's <c>customProperties.notes</c>, so other tools carry it along.</summary>
public sealed record CanvasNote(string Id, string Text, double X, double Y, double Width, double Height, string Colour)
{
    /// <summary>In front of a note's id where nodes, notes and groups are chosen alike.</summary>
    public const string Prefix = "note:";

    /// <summary>Colours that notes and groups may have: names of <c>--flows-type-…</c>.</summary>
    public static IReadOnlyList<string> Colours { get; } = ["metrics", "table", "string", "model", "image", "object"];

    public string Key => Prefix + Id;

    public static IReadOnlyList<CanvasNote> Of(FlowActivity container) =>
        [.. container.CustomProperties.Objects("notes").Select(Read).Where(note => note.Id.Length > 0).DistinctBy(note => note.Id)];

    /// <summary>The text's first line, for lists and screen readers.</summary>
    public string Title => Text.AsSpan().TrimStart("# \n").ToString().Split('\n', 2)[0] is { Length: > 0 } line ? line.Length > 60 ? line[..60] + "…" : line : "Note";

    public JsonObject ToJson() => new()
    {
        ["id"] = Id, ["text"] = Text, ["x"] = X, ["y"] = Y, ["width"] = Width, ["height"] = Height, ["colour"] = Colour,
    };

    internal static string Known(string? colour) => colour is not null && Colours.Contains(colour) ? colour : Colours[0];

    private static CanvasNote Read(JsonObject json) => new(json.Text("id") ?? "", json.Text("text") ?? "", CanvasPlace.Sane(json.Number("x"), 0), CanvasPlace.Sane(json.Number("y"), 0),
        Math.Clamp(CanvasPlace.Sane(json.Number("width"), 240), 80, 2000), Math.Clamp(CanvasPlace.Sane(json.Number("height"), 120), 40, 2000), Known(json.Text("colour")));
}
