namespace Flows.Designer.Canvas;

/// <summary>What each key does on the canvas. Keys come with their modifiers in front: <c>Ctrl+Shift+Z</c>.</summary>
public static class CanvasKeys
{
    public static void Press(string key, FlowCanvas canvas)
    {
        var session = canvas.Session;
        switch (key)
        {
            case "Delete" or "Backspace": session.Remove(); break;
            case "Ctrl+Delete" or "Ctrl+Backspace": session.Remove(heal: true); break;
            case "Ctrl+z": session.Undo(); break;
            case "Ctrl+y" or "Ctrl+Shift+Z" or "Ctrl+Shift+z": session.Redo(); break;
            case "Ctrl+a": session.Select(session.Graph.Nodes.Select(node => node.Id)); break;
            case "Ctrl+d": session.Duplicate(); break;
            case "Escape": session.Select([]); break;
            case "f" or "Ctrl+0": _ = canvas.FitAsync(); break;
            case "Tab": OpenQuickAdd(canvas); break;
            case "Ctrl+Enter": canvas.Requests.Command("run"); break;
            case "Ctrl+Shift+Enter": canvas.Requests.Command("run-to"); break;
            case "Shift+Enter": canvas.Requests.Command("run-from"); break;
            case "p" or "P": canvas.Requests.Command("pin"); break;
            case "b" or "B" or "F9": session.ToggleBreakpoint(); break;
            case "F10": canvas.Requests.Command("step"); break;
            case "F8": canvas.Requests.Command("continue"); break;
            case "Enter": canvas.Requests.Command("inspect"); break;
            case "c" or "w" or "C" or "W": canvas.Requests.Command("connect"); break;
            case "l" or "L": canvas.Requests.Command("wire"); break;
            case "v" or "V": canvas.Requests.Command("preview"); break;
            case "+" or "Shift++" or "=": canvas.Requests.Command("zoom-in"); break;
            case "-": canvas.Requests.Command("zoom-out"); break;
            case "d" or "D": session.ToggleDisabled(); break;
            case "n" or "N": canvas.Requests.Command("note"); break;
            case "Ctrl+g": session.Group(); break;
            case "Ctrl+Shift+g" or "Ctrl+Shift+G": session.Ungroup(); break;
            case "Alt+ArrowLeft": canvas.Requests.Command("back"); break;
            case "Alt+ArrowRight": canvas.Requests.Command("forward"); break;
            case "F2": canvas.Requests.Command("rename"); break;
            case "F" or "Shift+F": canvas.Requests.Command("fit-selection"); break;
            case "Ctrl+f": canvas.Requests.Command("find"); break;
            case "Ctrl+s": canvas.Requests.Command("save"); break;
            case "Ctrl+Shift+p" or "Ctrl+Shift+P" or "F1": canvas.Requests.Command("commands"); break;
            case "Shift+F10" or "ContextMenu": canvas.Requests.Command("menu"); break;
            case "F6": canvas.Requests.Command("next-region"); break;
            case "?": canvas.Requests.Command("keys"); break;
            default: Arrow(key, canvas); break;
        }
    }

    private static void Arrow(string key, FlowCanvas canvas)
    {
        var (dx, dy) = key.Split('+')[^1] switch { "ArrowLeft" => (-1, 0), "ArrowRight" => (1, 0), "ArrowUp" => (0, -1), "ArrowDown" => (0, 1), _ => (0, 0) };
        if ((dx, dy) == (0, 0)) return;
        var session = canvas.Session;
        if (key.StartsWith("Ctrl+", StringComparison.Ordinal)) session.Move([.. session.Selection.Nodes], dx * EditorSession.Grid, dy * EditorSession.Grid);
        else if (Neighbours.Next(session.Graph, session.Selection.Last, dx, dy) is { } next)
        {
            if (key.StartsWith("Shift+", StringComparison.Ordinal)) session.Select([.. session.Selection.Nodes.Where(id => id != next), next]);
            else session.Select([next]);
            _ = canvas.RevealAsync(next);
        }
    }

    private static void OpenQuickAdd(FlowCanvas canvas)
    {
        var (session, seen) = (canvas.Session, canvas.Seen);
        var after = session.Selection.Last;
        var (x, y) = session.PlaceAfter(after, seen);
        canvas.Requests.QuickAdd(new QuickAddPlace(x, y, (x - seen.X) * seen.Zoom, (y - seen.Y) * seen.Zoom, null, after));
    }
}
