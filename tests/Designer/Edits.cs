using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Designer.Canvas;
using Flows.Designer.Editing;

namespace Flows.Tests.Designer;

/// <summary>Any byte is an edit: property-based tests draw their editing from here.</summary>
internal static class Edits
{
    public static FlowEdit Of(EditorSession session, byte choice)
    {
        var nodes = session.Graph.Nodes.Select(node => node.Id).DefaultIfEmpty("none").ToList();
        var (one, other) = (nodes[choice % nodes.Count], nodes[choice / 3 % nodes.Count]);
        return (choice % 11) switch
        {
            0 => new FlowEdit.AddNode("root", NewNode.Of(session.Catalog.Find("Flows.SplitRows")!, session.Draft.Index.FreshId("Flows.SplitRows"), choice, 0)),
            1 => new FlowEdit.RemoveNodes([one], Heal: choice > 128),
            2 => new FlowEdit.MoveNodes(new Dictionary<string, (double, double)> { [one] = (choice, choice) }),
            3 => new FlowEdit.Connect(one, "Done", other),
            4 => new FlowEdit.Disconnect(one, "Done", other),
            5 => new FlowEdit.SetInput(one, "trainShare", choice > 128 ? null : FlowInput.Literal("Double", 0.5)),
            6 => new FlowEdit.SetTitle(one, choice > 200 ? "" : $"Title {choice}"),
            7 => new FlowEdit.BindData(one, "train", "Table", other, "rows"),
            8 => new FlowEdit.UnbindData(other, "rows"),
            9 => new FlowEdit.Paste("root", FlowFragment.Copy(session.Draft, [one, other]), 10, 10),
            _ => new FlowEdit.SetFlowField(["options", "note"], choice > 128 ? null : JsonValue.Create("hello")),
        };
    }
}
