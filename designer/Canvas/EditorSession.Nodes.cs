using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Layout;
using Flows.Designer.Editing;

namespace Flows.Designer.Canvas;

public sealed partial class EditorSession
{
    public const double Grid = 10;

    /// <summary>Whether what is placed or moved goes to the grid.</summary>
    public bool Snaps { get; private set; } = true;

    public double Snap(double place) => Snaps ? Math.Round(place / Grid) * Grid : Math.Round(place);

    public void ToggleSnap()
    {
        Snaps = !Snaps;
        Say(Snaps ? "Nodes snap to the grid" : "Nodes move freely");
    }

    /// <summary>Places a new activity and, when asked, wires it from a node: control, and data where one output and one input fit.</summary>
    /// <returns>Its id.</returns>
    public string? Add(ActivityDescriptor descriptor, double x, double y, string? after = null, string? fromPort = null)
    {
        if (Scope is not { } scope) return null;
        var id = Draft.Index.FreshId(descriptor.Type);
        var edits = new List<FlowEdit> { new FlowEdit.AddNode(scope.Id, NewNode.Of(descriptor, id, Snap(x), Snap(y))) };
        if (scope.IsFlowchart) edits.AddRange(WiresTo(id, descriptor, after, fromPort));
        if (Apply(new FlowEdit.Composite($"Added {descriptor.DisplayName}", edits)) is not null) return null;
        Select([id]);
        Say($"Added {descriptor.DisplayName}" + (edits.Count > 1 ? $", wired from {Title(after ?? Port(fromPort!)!.Value.Node)}" : ""));
        return id;
    }

    /// <summary>Where a new node fits: right of a node, below what already stands there.</summary>
    public (double X, double Y) PlaceAfter(string? id, Viewport seen)
    {
        if (id is null || Graph.Find(id) is not { } node) return FreePlace(seen.X + seen.Width / 2 - CanvasNode.Width / 2, seen.Y + seen.Height / 2 - 60);
        return FreePlace(node.X + CanvasNode.Width + 80, node.Y);
    }

    public void Remove(bool heal = false)
    {
        if (Selection.Wire is { } key && Graph.Wires.FirstOrDefault(wire => wire.Key == key) is { } wire)
        {
            Selection.Clear();
            Apply(Unwiring(wire));
        }
        else if (Selection.Count > 0)
        {
            // A group's own key takes the box away and leaves its nodes.
            var nodes = Selection.Nodes.Where(id => Graph.Find(id) is not null).ToList();
            FlowEdit? removal = nodes.Count > 0 ? new FlowEdit.RemoveNodes(nodes, heal) : null;
            var boards = RemovingFromBoards(Selection.Chosen.ToList(), nodes).ToList();
            if (boards.Count == 0 && removal is not null) Apply(removal);
            else Apply(new FlowEdit.Composite(removal?.Says ?? boards[0].Says, [.. removal is null ? [] : new[] { removal }, .. boards]));
        }
    }

    public void Move(IReadOnlyCollection<string> ids, double dx, double dy)
    {
        var to = Members(ids).Select(Graph.Find).OfType<CanvasNode>().ToDictionary(node => node.Id, node => (Snap(node.X + dx), Snap(node.Y + dy)));
        var moves = to.Any(pair => Graph.Find(pair.Key) is { } node && (node.X, node.Y) != pair.Value);
        var boards = dx == 0 && dy == 0 ? [] : MovingNotes(ids, dx, dy).Concat(moves ? Joining(to) : []).ToList();
        if (boards.Count == 0 && moves) Apply(new FlowEdit.MoveNodes(to));
        else if (boards.Count > 0) Apply(new FlowEdit.Composite(moves ? new FlowEdit.MoveNodes(to).Says : boards[0].Says, [.. moves ? [new FlowEdit.MoveNodes(to)] : Array.Empty<FlowEdit>(), .. boards]));
    }

    public string Copy() => Selection.Count == 0 ? "" : FlowFragment.Text(FragmentOf(Selection.Nodes));

    private JsonObject FragmentOf(IReadOnlyCollection<string> keys)
    {
        var nodes = Members(keys).ToList();
        var fragment = FlowFragment.Copy(Draft, nodes);
        var groups = Graph.Groups.Where(group => group.Nodes.All(nodes.Contains)).Select(group => group.ToJson()).ToArray();
        var notes = Graph.Notes.Where(note => keys.Contains(note.Key)).Select(note => note.ToJson()).ToArray();
        if (groups.Length > 0) fragment["groups"] = new JsonArray(groups);
        if (notes.Length > 0) fragment["notes"] = new JsonArray(notes);
        return fragment;
    }

    /// <param name="at">Where the middle of what is pasted goes; null to put it beside its origin.</param>
    public void Paste(string text, (double X, double Y)? at = null)
    {
        if (Scope is not { } scope) return;
        if (FlowFragment.Read(text) is not { } fragment)
        {
            Say("The clipboard holds no part of a flow.");
            return;
        }
        var (dx, dy) = Offset(fragment, at);
        var before = Graph.Nodes.Select(node => node.Id).Concat(Graph.Notes.Select(note => note.Key)).ToHashSet();
        if (Apply(new FlowEdit.Paste(scope.Id, fragment, dx, dy)) is not null) return;
        Pasted?.Invoke(fragment);
        Select(Graph.Nodes.Select(node => node.Id).Concat(Graph.Notes.Select(note => note.Key)).Where(id => !before.Contains(id)));
    }

    public void Duplicate()
    {
        if (Selection.Count > 0) Paste(Copy());
    }

    public void LayOut()
    {
        if (Scope is not { } scope) return;
        var places = scope.IsFlowchart ? Graph.LaidOut() : FlowLayout.Of(scope, activity => (CanvasNode.Width, Graph.Find(activity.Id)?.Height ?? 90));
        if (places.Count > 0) Apply(new FlowEdit.MoveNodes(places.ToDictionary(p => p.Key, p => (Snap(p.Value.X), Snap(p.Value.Y)))), "Laid out");
    }

    private IEnumerable<FlowEdit> WiresTo(string id, ActivityDescriptor descriptor, string? after, string? fromPort)
    {
        if (fromPort is not null && Port(fromPort) is { } from)
            return from.Port.IsData ? DataTo(id, descriptor, from.Node, [from.Port]) : from.Port.IsInput ? [] : [new FlowEdit.Connect(from.Node, from.Port.Name, id)];
        if (after is null || Graph.Find(after) is not { } node || descriptor.IsTrigger) return [];
        var outcome = node.Ports.FirstOrDefault(port => port.Side == PortSide.ControlOut);
        var control = outcome is null ? [] : new FlowEdit[] { new FlowEdit.Connect(after, outcome.Name, id) };
        return [.. control, .. DataTo(id, descriptor, after, [.. node.Ports.Where(port => port.Side == PortSide.DataOut)])];
    }

    // Object fits everything, so it would wire nonsense; only ports of the very same type are guessed.
    private static IEnumerable<FlowEdit> DataTo(string id, ActivityDescriptor descriptor, string source, IReadOnlyList<CanvasPort> outputs)
    {
        var free = outputs.ToList();
        foreach (var input in descriptor.Inputs.Where(input => input.IsPort))
        {
            if (free.Find(output => output.Type == input.Type && (output.Type != "Object" || outputs.Count == 1)) is not { } output) continue;
            free.Remove(output);
            yield return new FlowEdit.BindData(source, output.Name, output.Type, id, input.Name);
        }
    }

    private (double, double) FreePlace(double x, double y)
    {
        while (Graph.Nodes.Any(node => Math.Abs(node.X - x) < CanvasNode.Width + 10 && y < node.Y + node.Height + 20 && node.Y < y + 120)) y += 60;
        return (x, y);
    }

    private (double, double) Offset(JsonObject fragment, (double X, double Y)? at)
    {
        if (at is not { } middle) return (30, 30);
        var places = Flows.Contract.Definitions.JsonReading.Objects(fragment, "activities")
            .Select(json => new Flows.Contract.Definitions.FlowActivity(json).Position).OfType<(double X, double Y)>().ToList();
        return places.Count == 0 ? (middle.X, middle.Y) : (Snap(middle.X - places.Average(p => p.X) - CanvasNode.Width / 2), Snap(middle.Y - places.Average(p => p.Y) - 40));
    }
}
