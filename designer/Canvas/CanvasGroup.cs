using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Designer.Canvas;

/// <summary>Nodes that belong together, drawn in a box or folded into one. Kept in the container's <c>customProperties.groups</c>.</summary>
/// <param name="Nodes">Ids of nodes; those that are gone are left out.</param>
public sealed record CanvasGroup(string Id, string Title, string Colour, bool IsFolded, IReadOnlyList<string> Nodes)
{
    /// <summary>In front of a group's id where nodes, notes and groups are chosen alike.</summary>
    public const string Prefix = "group:";

    private const double Pad = 22, Bar = 30;

    public string Key => Prefix + Id;

    public double X { get; init; }

    public double Y { get; init; }

    public double Width { get; init; }

    public double Height { get; init; }

    /// <summary>Groups of a container with the boxes they take; a node is in the first group that names it.</summary>
    public static IReadOnlyList<CanvasGroup> Of(FlowActivity container, IReadOnlyDictionary<string, CanvasNode> nodes)
    {
        var taken = new HashSet<string>();
        return [.. container.CustomProperties.Objects("groups").Select(Read).Where(group => group.Id.Length > 0).DistinctBy(group => group.Id)
            .Select(group => group with { Nodes = [.. group.Nodes.Where(id => nodes.ContainsKey(id) && taken.Add(id))] })
            .Where(group => group.Nodes.Count > 0).Select(group => group.Around([.. group.Nodes.Select(id => nodes[id])]))];
    }

    public JsonObject ToJson() => new()
    {
        ["id"] = Id, ["title"] = Title, ["colour"] = Colour, ["collapsed"] = IsFolded, ["nodes"] = new JsonArray([.. Nodes.Select(id => (JsonNode)id)]),
    };

    private CanvasGroup Around(IReadOnlyList<CanvasNode> nodes)
    {
        var (left, top) = (nodes.Min(node => node.X), nodes.Min(node => node.Y));
        if (IsFolded) return this with { X = left, Y = top, Width = CanvasNode.Width, Height = CanvasNode.Head };
        return this with
        {
            X = left - Pad, Y = top - Pad - Bar,
            Width = nodes.Max(node => node.X + CanvasNode.Width) - left + 2 * Pad,
            Height = nodes.Max(node => node.Y + node.Height) - top + 2 * Pad + Bar,
        };
    }

    private static CanvasGroup Read(JsonObject json) =>
        new(json.Text("id") ?? "", json.Text("title") ?? "", CanvasNote.Known(json.Text("colour")), json.Flag("collapsed"), json.Texts("nodes"));
}
