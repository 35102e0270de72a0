using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;

namespace Flows.Designer.Canvas.FirstFlow;

/// <summary>What the guide looks at: what is drawn, the run that is shown, and the tab of results that is open.</summary>
/// <param name="Tab">Null: the panel of results is folded.</param>
public sealed record GuideView(EditorSession Session, RunRecord? Run, string? Tab);

/// <summary>One thing to do on the way to a first flow. It is done when it can be seen to be, however it was done.</summary>
public sealed record GuideStep(string Key, string Title, string Text, Func<GuideView, bool> IsDone)
{
    /// <summary>In this order.</summary>
    public static IReadOnlyList<GuideStep> All { get; } =
    [
        new("add", "Put an activity on the canvas",
            "Drag “Write line” from the list on the left onto the canvas. By keyboard: go to the canvas, press Tab, type its name and press Enter.",
            view => view.Session.Graph.Nodes.Count > 0),
        new("set", "Say what it does",
            "Select it and fill in a field of the form on the right: the text that is written. Enter goes from the canvas to the form.",
            view => view.Session.Graph.Nodes.Any(node => IsFilled(view.Session, node))),
        new("wire", "Add a second one and wire them",
            "Drag from the dot on the right of the first to the second. By keyboard: with the first selected press Tab, and the new one is wired at once; C connects any two.",
            view => view.Session.Graph.Wires.Count > 0),
        new("run", "Run it",
            "Press Run in the bar above, or Ctrl-Enter. Each activity says how far it is. What still keeps the flow from running stands under Problems.",
            view => view.Run is not null),
        new("look", "Look at what came out",
            "When the run is over, open Output lines in the panel below, or click a port to see what went through it.",
            view => view.Run?.Status == RunStatus.Finished && view.Tab is "lines" or "preview"),
    ];

    // A field that the activity came with is not one that a person filled in.
    private static bool IsFilled(EditorSession session, CanvasNode node) =>
        session.Draft.Find(node.Id) is { } activity && session.Catalog.Find(activity.Type) is { } known
        && known.Inputs.Any(input => activity.Input(input.Name) is { VariableId: null } given && given.Value.AsText() is { Length: > 0 } && !JsonNode.DeepEquals(given.Value, input.Default));
}
