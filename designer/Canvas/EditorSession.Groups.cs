using System.Text.Json.Nodes;
using Flows.Designer.Editing;

namespace Flows.Designer.Canvas;

/// <summary>Notes and groups: drawn by people for people, never run.</summary>
public sealed partial class EditorSession
{
    public void AddNote(double x, double y)
    {
        if (Scope is not { } scope) return;
        var note = new CanvasNote(FreshKey("note", Graph.Notes.Select(n => n.Id)), "", Snap(x), Snap(y), 240, 120, CanvasNote.Colours[0]);
        if (Apply(Writing(scope.Id, "notes", [.. Graph.Notes.Select(n => n.ToJson()), note.ToJson()], "Added a note")) is null) Select([note.Key]);
    }

    public void Change(CanvasNote note, string said) =>
        ApplyIn(scope => Writing(scope, "notes", Graph.Notes.Select(n => (n.Id == note.Id ? note : n).ToJson()), said));

    public void Change(CanvasGroup group, string said) =>
        ApplyIn(scope => Writing(scope, "groups", Graph.Groups.Select(g => (g.Id == group.Id ? group : g).ToJson()), said));

    /// <summary>Puts the selected nodes into one group; those of other groups change over.</summary>
    public void Group()
    {
        var members = Members(Selection.Nodes).ToList();
        if (members.Count == 0)
        {
            Say("Select the nodes of the group first.");
            return;
        }
        var id = FreshKey("group", Graph.Groups.Select(g => g.Id));
        var group = new CanvasGroup(id, "Group", CanvasNote.Colours[Graph.Groups.Count % CanvasNote.Colours.Count], false, members);
        var others = Graph.Groups.Select(g => g with { Nodes = [.. g.Nodes.Except(members)] }).Where(g => g.Nodes.Count > 0);
        ApplyIn(scope => Writing(scope, "groups", others.Append(group).Select(g => g.ToJson()), $"Grouped {members.Count} nodes"));
        Select([group.Key]);
    }

    /// <summary>Takes the selected groups away; their nodes stay.</summary>
    public void Ungroup()
    {
        var gone = Graph.Groups.Where(group => Selection.Has(group.Key) || group.Nodes.Any(Selection.Has)).ToList();
        if (gone.Count == 0) return;
        ApplyIn(scope => Writing(scope, "groups", Graph.Groups.Except(gone).Select(g => g.ToJson()), "Ungrouped"));
        Select(gone.SelectMany(group => group.Nodes));
    }

    public void ToggleFold()
    {
        if (Graph.Groups.FirstOrDefault(g => Selection.Has(g.Key) || g.Nodes.Any(Selection.Has)) is not { } group) return;
        Change(group with { IsFolded = !group.IsFolded }, group.IsFolded ? $"Unfolded {group.Title}" : $"Folded {group.Title}");
        Select([group.Key]);
    }

    /// <summary>Nodes that a hand would move now.</summary>
    public HashSet<string> Held() => [.. Members(Selection.Nodes)];

    /// <summary>Ids of nodes among what is chosen, those of chosen groups included.</summary>
    private IEnumerable<string> Members(IEnumerable<string> keys) =>
        keys.SelectMany(key => Graph.Group(key) is { } group ? group.Nodes : Graph.Find(key) is null ? [] : [key]).Distinct();

    private IEnumerable<FlowEdit> MovingNotes(IReadOnlyCollection<string> keys, double dx, double dy)
    {
        if (Scope is not { } scope || !Graph.Notes.Any(note => keys.Contains(note.Key))) return [];
        return [Writing(scope.Id, "notes", Graph.Notes.Select(note => (keys.Contains(note.Key) ? note with { X = Snap(note.X + dx), Y = Snap(note.Y + dy) } : note).ToJson()), "Moved a note")];
    }

    // A group whose last node goes, goes with it.
    private IEnumerable<FlowEdit> RemovingFromBoards(IReadOnlyCollection<string> keys, IReadOnlyCollection<string> nodes)
    {
        if (Scope is not { } scope) yield break;
        if (Graph.Notes.Any(note => keys.Contains(note.Key)))
            yield return Writing(scope.Id, "notes", Graph.Notes.Where(note => !keys.Contains(note.Key)).Select(note => note.ToJson()), "Removed a note");
        var left = Graph.Groups.Where(group => !keys.Contains(group.Key)).Select(group => group with { Nodes = [.. group.Nodes.Except(nodes)] }).Where(group => group.Nodes.Count > 0).ToList();
        if (left.Count != Graph.Groups.Count || left.Zip(Graph.Groups).Any(pair => pair.First.Nodes.Count != pair.Second.Nodes.Count))
            yield return Writing(scope.Id, "groups", left.Select(group => group.ToJson()), "Ungrouped");
    }

    // A node that is dropped into the box of a group joins it.
    private IEnumerable<FlowEdit> Joining(IReadOnlyDictionary<string, (double X, double Y)> moved)
    {
        if (Scope is not { } scope || Graph.Groups.Count == 0) return [];
        var free = moved.Where(pair => Graph.Groups.All(group => !group.Nodes.Contains(pair.Key))).ToList();
        var joined = Graph.Groups.Select(group => group with { Nodes = [.. group.Nodes, .. free.Where(pair => !group.IsFolded && Holds(group, pair.Value)).Select(pair => pair.Key)] }).ToList();
        return joined.Zip(Graph.Groups).All(pair => pair.First.Nodes.Count == pair.Second.Nodes.Count) ? []
            : [Writing(scope.Id, "groups", joined.Select(group => group.ToJson()), "Joined the group")];
    }

    private static bool Holds(CanvasGroup group, (double X, double Y) corner) =>
        corner.X + CanvasNode.Width / 2 is var x && corner.Y + CanvasNode.Head / 2 is var y && x > group.X && x < group.X + group.Width && y > group.Y && y < group.Y + group.Height;

    private void ApplyIn(Func<string, FlowEdit> edit)
    {
        if (Scope is { } scope) Apply(edit(scope.Id));
    }

    private static FlowEdit Writing(string scope, string list, IEnumerable<JsonObject> items, string said)
    {
        var array = new JsonArray([.. items]);
        return new FlowEdit.Composite(said, [new FlowEdit.SetProperty(scope, ["customProperties", list], array.Count == 0 ? null : array)]);
    }

    private static string FreshKey(string stem, IEnumerable<string> taken)
    {
        var known = taken.ToHashSet();
        var number = 1;
        while (known.Contains(stem + number)) number++;
        return stem + number;
    }
}
