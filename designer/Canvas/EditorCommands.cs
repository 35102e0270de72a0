using System.Globalization;

namespace Flows.Designer.Canvas;

/// <summary>What a command needs to make sense: it is offered in the menu of that thing.</summary>
public enum CommandTarget { Canvas, Node, Nodes, Wire, Note, Group }

/// <param name="Name">What <c>DoAsync</c> knows it by.</param>
/// <param name="Keys">Keys that do the same; empty when there are none.</param>
public sealed record EditorCommand(string Name, string Title, string Keys, CommandTarget Target);

/// <summary>Every command of the editor: source of the command palette, the context menus and the sheet of keys.</summary>
public static class EditorCommands
{
    public static IReadOnlyList<EditorCommand> All { get; } =
    [
        new("run", "Run the draft", "Ctrl-Enter", CommandTarget.Canvas),
        new("stop", "Stop the run", "", CommandTarget.Canvas),
        new("step", "Do the step that the run stopped before", "F10", CommandTarget.Canvas),
        new("continue", "Go on to the next breakpoint", "F8", CommandTarget.Canvas),
        new("pause", "Stop before every further step", "", CommandTarget.Canvas),
        new("run-to", "Run to here", "Ctrl-Shift-Enter", CommandTarget.Node),
        new("run-from", "Run from here", "Shift-Enter", CommandTarget.Node),
        new("breakpoint", "Set or remove a breakpoint", "B, F9", CommandTarget.Nodes),
        new("pin", "Pin or unpin what it gave", "P", CommandTarget.Nodes),
        new("add", "Add an activity", "Tab", CommandTarget.Canvas),
        new("find", "Find a node", "Ctrl-F", CommandTarget.Canvas),
        new("inspect", "Go to the form", "Enter", CommandTarget.Node),
        new("rename", "Rename", "F2", CommandTarget.Node),
        new("connect", "Connect an output", "C", CommandTarget.Node),
        new("wire", "Choose one of its wires", "L", CommandTarget.Node),
        new("preview", "See what went through a port", "V", CommandTarget.Node),
        new("enter", "Open the body", "", CommandTarget.Node),
        new("splice", "Put an activity into this wire", "", CommandTarget.Wire),
        new("remove", "Remove", "Delete", CommandTarget.Wire),
        new("disable", "Disable or enable", "D", CommandTarget.Nodes),
        new("extract", "Make a flow of the selection", "", CommandTarget.Nodes),
        new("inline", "Put the flow's nodes in its place", "", CommandTarget.Node),
        new("group", "Group", "Ctrl-G", CommandTarget.Nodes),
        new("fold", "Fold or unfold the group", "", CommandTarget.Group),
        new("rename", "Rename", "F2", CommandTarget.Group),
        new("ungroup", "Ungroup", "Ctrl-Shift-G", CommandTarget.Group),
        new("inspect", "Write", "Enter", CommandTarget.Note),
        new("remove", "Remove", "Delete", CommandTarget.Note),
        new("link", "Copy a link to the selection", "", CommandTarget.Nodes),
        new("copy", "Copy as JSON", "Ctrl-C", CommandTarget.Nodes),
        new("duplicate", "Duplicate", "Ctrl-D", CommandTarget.Nodes),
        new("remove", "Remove", "Delete", CommandTarget.Nodes),
        new("heal", "Remove and close the gap", "Ctrl-Delete", CommandTarget.Nodes),
        new("align-left", "Align left", "", CommandTarget.Nodes),
        new("align-centre", "Align centres", "", CommandTarget.Nodes),
        new("align-right", "Align right", "", CommandTarget.Nodes),
        new("align-top", "Align top", "", CommandTarget.Nodes),
        new("align-middle", "Align middles", "", CommandTarget.Nodes),
        new("align-bottom", "Align bottom", "", CommandTarget.Nodes),
        new("distribute-across", "Distribute across", "", CommandTarget.Nodes),
        new("distribute-down", "Distribute down", "", CommandTarget.Nodes),
        new("fit-selection", "Zoom to the selection", "Shift-F", CommandTarget.Nodes),
        new("select-all", "Select all", "Ctrl-A", CommandTarget.Canvas),
        new("undo", "Undo", "Ctrl-Z", CommandTarget.Canvas),
        new("redo", "Redo", "Ctrl-Y", CommandTarget.Canvas),
        new("fit", "Zoom to fit", "F", CommandTarget.Canvas),
        new("zoom-in", "Zoom in", "+", CommandTarget.Canvas),
        new("zoom-out", "Zoom out", "-", CommandTarget.Canvas),
        new("layout", "Lay out", "", CommandTarget.Canvas),
        new("snap", "Put all on the grid", "", CommandTarget.Canvas),
        new("snap-toggle", "Snap while moving, on or off", "", CommandTarget.Canvas),
        new("note", "Add a note", "N", CommandTarget.Canvas),
        new("back", "Back to where I was", "Alt-Left", CommandTarget.Canvas),
        new("forward", "Forward again", "Alt-Right", CommandTarget.Canvas),
        new("code", "The flow's code", "", CommandTarget.Canvas),
        new("history", "Versions and what changed", "", CommandTarget.Canvas),
        new("save", "Save", "Ctrl-S", CommandTarget.Canvas),
        new("publish", "Publish", "", CommandTarget.Canvas),
        new("export", "Export", "", CommandTarget.Canvas),
        new("share", "Share in the library", "", CommandTarget.Canvas),
        new("leave", "Leave this body", "", CommandTarget.Canvas),
        new("commands", "All commands", "Ctrl-Shift-P", CommandTarget.Canvas),
        new("keys", "Keys", "?", CommandTarget.Canvas),
        new("guide", "Guided first flow", "", CommandTarget.Canvas),
    ];

    /// <summary>Commands that do something now: those of the selected thing first, then those of the canvas.</summary>
    public static IEnumerable<EditorCommand> Now(EditorSession session)
    {
        var targets = Targets(session.Selection);
        return All.Where(command => command.Target != CommandTarget.Canvas && targets.Contains(command.Target) && Makes(session, command.Name))
            .Concat(All.Where(command => command.Target == CommandTarget.Canvas && Makes(session, command.Name)));
    }

    /// <summary>Only those of what was right-clicked.</summary>
    public static IEnumerable<EditorCommand> Menu(EditorSession session)
    {
        var targets = Targets(session.Selection);
        return Now(session).Where(command => targets.Contains(command.Target));
    }

    /// <returns>False when the command is not one of the session's own.</returns>
    public static bool Do(EditorSession session, string name)
    {
        switch (name)
        {
            case "undo": session.Undo(); return true;
            case "redo": session.Redo(); return true;
            case "duplicate": session.Duplicate(); return true;
            case "remove": session.Remove(); return true;
            case "heal": session.Remove(heal: true); return true;
            case "snap": session.SnapToGrid(); return true;
            case "snap-toggle": session.ToggleSnap(); return true;
            case "breakpoint": session.ToggleBreakpoint(); return true;
            case "disable": session.ToggleDisabled(); return true;
            case "group": session.Group(); return true;
            case "ungroup": session.Ungroup(); return true;
            case "fold": session.ToggleFold(); return true;
            case "select-all": session.Select(session.Graph.Nodes.Select(node => node.Id)); return true;
            case "distribute-across": session.Distribute(across: true); return true;
            case "distribute-down": session.Distribute(across: false); return true;
            case "leave" when session.Scopes.Count > 1: session.LeaveTo(session.Scopes.Count - 2); return true;
            default: return Align(session, name);
        }
    }

    private static bool Align(EditorSession session, string name)
    {
        if (!name.StartsWith("align-", StringComparison.Ordinal)) return false;
        session.Align(Enum.Parse<Alignment>(CultureInfo.InvariantCulture.TextInfo.ToTitleCase(name[6..])));
        return true;
    }

    private static IReadOnlyList<CommandTarget> Targets(Selection selection) => selection switch
    {
        { Wire: not null } => [CommandTarget.Wire],
        { Count: 0 } => [CommandTarget.Canvas],
        { Single: { } note } when note.StartsWith(CanvasNote.Prefix, StringComparison.Ordinal) => [CommandTarget.Note],
        { Single: { } group } when group.StartsWith(CanvasGroup.Prefix, StringComparison.Ordinal) => [CommandTarget.Group],
        { Count: 1 } => [CommandTarget.Node, CommandTarget.Nodes],
        _ => [CommandTarget.Nodes],
    };

    private static bool Makes(EditorSession session, string name) => name switch
    {
        "undo" => session.Draft.CanUndo,
        "redo" => session.Draft.CanRedo,
        "inline" => session.UsedBySelected is not null,
        "step" or "continue" => session.Halted.Count > 0,
        "leave" => session.Scopes.Count > 1,
        "back" => session.CanGoBack,
        "forward" => session.CanGoForward,
        "enter" => session.Selection.Single is { } id && session.Graph.Find(id) is { Slots: [var slot, ..] } && slot != "cases",
        _ when name.StartsWith("align-", StringComparison.Ordinal) => session.Selection.Count > 1,
        _ when name.StartsWith("distribute-", StringComparison.Ordinal) => session.Selection.Count > 2,
        _ => true,
    };
}
