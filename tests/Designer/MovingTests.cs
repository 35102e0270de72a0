using Flows.Contract.Layout;
using Flows.Designer.Canvas;
using FsCheck.Xunit;

namespace Flows.Tests.Designer;

/// <summary>A move changes the drawing in place of making it anew; nobody may see the difference.</summary>
public sealed class MovingTests
{
    [Property(MaxTest = 100)]
    public void After_any_edits_the_drawing_is_what_it_would_be_made_anew(byte[] choices)
    {
        var session = Draft.Session("Flows.FileSource", "Flows.SplitRows", "Flows.TrainModel", "Elsa.FlowDecision");
        session.Wire("fileSource1/out/table", "splitRows1/in/rows");
        session.Select(["splitRows1", "trainModel1"]);
        session.Group();

        for (var at = 0; at < choices.Length; at++)
        {
            // Every other one is a move, and one of five is taken back: those are what is drawn in place.
            if (choices[at] % 5 == 4) session.Undo();
            else session.Draft.Apply(Edits.Of(session, at % 2 == 0 ? choices[at] : (byte)(choices[at] / 11 * 11 % 253 + 2)));
            Assert.Equal(Drawn(CanvasGraph.Of(session.Scope!, session.Catalog)), Drawn(session.Graph));
        }
    }

    [Fact]
    public void What_is_read_off_the_flows_content_is_not_read_again_for_a_move_nor_for_undoing_it()
    {
        var session = Draft.Session("Flows.FileSource", "Flows.SplitRows");
        var (before, revision) = (session.Draft.ContentRevision, session.Draft.Revision);

        session.Move(["splitRows1"], 0, 200);
        session.Undo();
        Assert.Equal((before, revision + 2), (session.Draft.ContentRevision, session.Draft.Revision));

        session.Apply(new Flows.Designer.Editing.FlowEdit.SetTitle("splitRows1", "Part"));
        session.Undo();
        Assert.Equal(before + 2, session.Draft.ContentRevision);
    }

    [Fact]
    public void A_moved_node_leaves_all_others_and_their_wires_the_same_objects()
    {
        var session = Draft.Session("Flows.FileSource", "Flows.SplitRows", "Flows.TrainModel", "Elsa.End");
        session.Wire("fileSource1/out/table", "splitRows1/in/rows");
        session.Wire("trainModel1/control/Done", "end1/control/In");
        var before = session.Graph;

        session.Move(["end1"], 0, 200);

        Assert.Equal(3, session.Graph.Nodes.Count(before.Nodes.Contains));
        Assert.Equal(2, session.Graph.Wires.Count(wire => before.Wires.Any(other => ReferenceEquals(wire, other))));
        Assert.Equal((900, 223), Assert.Single(session.Graph.Wires, wire => wire.Target == "end1") is var moved ? (moved.X2, moved.Y2) : default);
    }

    [Fact]
    public void Taking_back_a_move_of_a_flow_that_nobody_had_laid_out_lays_it_out_again()
    {
        var session = new EditorSession(Flows.Contract.Definitions.FlowFile.ReadOne(Support.Some.Chain("new", Support.Some.Line("a", "a"), Support.Some.Line("b", "b"))), Draft.Activities);
        var before = Drawn(session.Graph);

        session.Move(["a"], 100, 100);
        session.Move(["a"], 100, 100);
        session.Undo();
        session.Undo();

        Assert.Equal(before, Drawn(session.Graph));
    }

    [Fact]
    public void A_layout_read_off_the_drawing_is_that_of_the_file()
    {
        var session = Draft.Session("Elsa.Start", "Elsa.FlowDecision", "Elsa.WriteLine", "Elsa.WriteLine", "Elsa.End");
        foreach (var (from, to) in (ReadOnlySpan<(string, string)>)[("start1/control/Done", "flowDecision1"), ("flowDecision1/control/True", "writeLine1"), ("flowDecision1/control/False", "writeLine2"), ("writeLine2/control/Done", "start1"), ("writeLine1/control/Done", "end1")])
            session.Wire(from, to + "/control/In");

        var drawn = session.Graph.LaidOut();

        Assert.Equal(FlowLayout.Of(session.Scope!, activity => (CanvasNode.Width, session.Graph.Find(activity.Id)!.Height)).OrderBy(pair => pair.Key), drawn.OrderBy(pair => pair.Key));
    }

    private static string Drawn(CanvasGraph graph) => string.Join('\n',
        [.. graph.Shown.Select(node => $"{node.Id} {node.Title} {node.X} {node.Y} {node.Height} {node.Ports.Count}"),
         .. graph.ShownWires.Select(wire => $"{wire.Key} {wire.Type} {wire.X1} {wire.Y1} {wire.X2} {wire.Y2}"),
         .. graph.Groups.Select(group => $"{group.Key} {group.X} {group.Y} {group.Width} {group.Height}"),
         $"{graph.Bounds()}"]);
}
