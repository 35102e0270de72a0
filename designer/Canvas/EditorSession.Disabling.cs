using System.Text.Json.Nodes;
using Flows.Designer.Editing;

namespace Flows.Designer.Canvas;

/// <summary>Taking nodes out of the run without taking them out of the flow.</summary>
public sealed partial class EditorSession
{
    /// <summary>Disables the selected nodes; when all of them are, enables them.</summary>
    public void ToggleDisabled()
    {
        var nodes = Selection.Nodes.Select(Graph.Find).OfType<CanvasNode>().ToList();
        if (nodes.Count == 0)
        {
            Say("Select a node first.");
            return;
        }
        var on = nodes.All(node => node.IsDisabled);
        var what = nodes.Count == 1 ? nodes[0].Title : $"{nodes.Count} nodes";
        Apply(new FlowEdit.Composite(on ? $"Enabled {what}" : $"Disabled {what}; a run passes by",
            [.. nodes.Select(node => new FlowEdit.SetProperty(node.Id, ["customProperties", "disabled"], on ? null : JsonValue.Create(true)))]));
    }
}
